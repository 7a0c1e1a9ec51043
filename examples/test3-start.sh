#!/bin/sh
# test3-start.sh NETWORK NODE   Builds the network image, and starts a container NETWORK that links the container NODE
# as test3-network.yaml says. It runs until it is stopped; the links go with it.
set -eu
[ $# = 2 ] || { echo "usage: $0 NETWORK NODE   the names of the container to start, and of the one to link" >&2; exit 2; }
examples=$(cd "$(dirname "$0")" && pwd)
image=conlink-compose:examples
docker build -t "$image" -f "$examples/../conlink_compose/image/Dockerfile" "$examples/.."
terminal=
[ ! -t 0 ] || terminal=-it
exec docker run $terminal --rm --name "$1" --network none --pid host \
    --cap-drop ALL --cap-add SYS_ADMIN --cap-add NET_ADMIN --cap-add NET_BROADCAST --cap-add SYS_PTRACE \
    -v /var/run/docker.sock:/var/run/docker.sock -v "$examples:/test:ro" -e NODE="$2" \
    "$image" --network-file /test/test3-network.yaml
