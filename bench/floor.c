/* The floor: what attaching N nodes to one bridge costs when nothing but the kernel works.
 *
 *   floor GROUP HUB NODE...      paths of namespaces; prints seconds
 *
 * Fewest messages (three for a link, an address and a route for a node), 64 in a send, one ACK a
 * send, sockets open beforehand.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define FIRST_INDEX (1 << 24)

struct buffer { char data[BATCH * 512]; int used; struct nlmsghdr *last; };
struct link_request { struct nlmsghdr header; struct ifinfomsg link; };

static struct buffer out;
static unsigned sequence;

static void die(const char *what) { perror(what); exit(1); }

static void *append(const void *data, int size)
{
    void *at = out.data + out.used;
    if (out.used + NLMSG_ALIGN(size) > (int)sizeof out.data) { fputs("full\n", stderr); exit(1); }
    memset(at, 0, NLMSG_ALIGN(size));
    if (data) memcpy(at, data, size);
    out.used += NLMSG_ALIGN(size);
    return at;
}

static void begin(int type, int flags)
{
    struct nlmsghdr header = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags,
                               .nlmsg_seq = ++sequence };
    out.last = append(&header, sizeof header);
}

static void end(void) { out.last->nlmsg_len = out.data + out.used - (char *)out.last; }

static void attribute(int type, const void *data, int size)
{
    struct rtattr head = { .rta_type = type, .rta_len = RTA_LENGTH(size) };
    append(&head, sizeof head);
    append(data, size);
}

static void number(int type, unsigned value) { attribute(type, &value, 4); }
static void words(int type, const char *value) { attribute(type, value, strlen(value) + 1); }

static struct rtattr *open_nest(int type)
{
    struct rtattr head = { .rta_type = type | NLA_F_NESTED };
    return append(&head, sizeof head);
}

static void close_nest(struct rtattr *nest) { nest->rta_len = out.data + out.used - (char *)nest; }

static void link_head(int index, int up)
{
    struct ifinfomsg link = { .ifi_index = index, .ifi_flags = up ? IFF_UP : 0,
                              .ifi_change = up ? IFF_UP : 0 };
    append(&link, sizeof link);
}

/* The kernel works through the whole send before send(2) returns; errors come before the ACK. */
static void flush(int through)
{
    char answer[8192];
    if (!out.used) return;
    out.last->nlmsg_flags |= NLM_F_ACK;
    if (send(through, out.data, out.used, 0) < 0) die("send");
    for (;;) {
        int size = recv(through, answer, sizeof answer, 0);
        struct nlmsghdr *header = (void *)answer;
        if (size < 0) die("recv");
        for (; NLMSG_OK(header, size); header = NLMSG_NEXT(header, size)) {
            struct nlmsgerr *error = NLMSG_DATA(header);
            if (header->nlmsg_type != NLMSG_ERROR) continue;
            if (error->error) { fprintf(stderr, "refused: %s\n", strerror(-error->error)); exit(1); }
            if (header->nlmsg_seq == sequence) { out.used = 0; return; }
        }
    }
}

static void make_bridge(unsigned group)
{
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    link_head(FIRST_INDEX, 1);
    words(IFLA_IFNAME, "br");
    number(IFLA_GROUP, group);
    struct rtattr *info = open_nest(IFLA_LINKINFO);
    words(IFLA_INFO_KIND, "bridge");
    close_nest(info);
    end();
}

static void make_veth(int i, int netns, unsigned group)
{
    char name[IFNAMSIZ];
    unsigned char mac[6] = { 2, 0, 0, 0, i >> 8, i };
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    link_head(FIRST_INDEX + 2 * i + 1, 1);
    words(IFLA_IFNAME, "eth0");
    attribute(IFLA_ADDRESS, mac, 6);
    number(IFLA_MTU, 1500);
    number(IFLA_NET_NS_FD, netns);
    number(IFLA_NUM_TX_QUEUES, 1);
    number(IFLA_NUM_RX_QUEUES, 1);
    struct rtattr *info = open_nest(IFLA_LINKINFO);
    words(IFLA_INFO_KIND, "veth");
    struct rtattr *data = open_nest(IFLA_INFO_DATA), *peer = open_nest(VETH_INFO_PEER);
    link_head(FIRST_INDEX + 2 * i + 2, 0);
    snprintf(name, sizeof name, "h%d", i);
    words(IFLA_IFNAME, name);
    number(IFLA_MTU, 1500);
    number(IFLA_GROUP, group);
    number(IFLA_NUM_TX_QUEUES, 1);
    number(IFLA_NUM_RX_QUEUES, 1);
    close_nest(peer);
    close_nest(data);
    close_nest(info);
    end();
}

/* Two messages: of one, the kernel obeys IFF_UP before IFLA_AF_SPEC, and ports with IPv6 addresses
 * of their own cost more than everything else together. */
static void finish_port(int i)
{
    unsigned char none = IN6_ADDR_GEN_MODE_NONE;
    begin(RTM_NEWLINK, 0);
    link_head(FIRST_INDEX + 2 * i + 2, 0);
    number(IFLA_MASTER, FIRST_INDEX);
    struct rtattr *spec = open_nest(IFLA_AF_SPEC), *inet6 = open_nest(AF_INET6);
    attribute(IFLA_INET6_ADDR_GEN_MODE, &none, 1);
    close_nest(inet6);
    close_nest(spec);
    end();
    begin(RTM_NEWLINK, 0);
    link_head(FIRST_INDEX + 2 * i + 2, 1);
    end();
}

static void address_node(int i)
{
    struct ifaddrmsg head = { .ifa_family = AF_INET, .ifa_prefixlen = 16,
                              .ifa_index = FIRST_INDEX + 2 * i + 1 };
    struct rtmsg route = { .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN,
                           .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST };
    unsigned address = htonl(0x0a000001 + i), gateway = htonl(0x0a00fffe);
    begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    append(&head, sizeof head);
    attribute(IFA_LOCAL, &address, 4);
    attribute(IFA_ADDRESS, &address, 4);
    end();
    begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    append(&route, sizeof route);
    attribute(RTA_GATEWAY, &gateway, 4);
    number(RTA_OIF, FIRST_INDEX + 2 * i + 1);
    end();
}

static int socket_in(int netns)
{
    if (setns(netns, CLONE_NEWNET)) die("setns");
    int made = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (made < 0) die("socket");
    return made;
}

static int open_path(const char *path)
{
    int netns = open(path, O_RDONLY | O_CLOEXEC);
    if (netns < 0) die(path);
    return netns;
}

int main(int argc, char **argv)
{
    int count = argc - 3;
    struct rlimit limit;
    if (count < 1) return 2;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int *netns = calloc(count, sizeof *netns), *nodes = calloc(count, sizeof *nodes);
    unsigned group = strtoul(argv[1], NULL, 0);
    for (int i = 0; i < count; i++) nodes[i] = socket_in(netns[i] = open_path(argv[3 + i]));
    int hub = socket_in(open_path(argv[2]));

    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    make_bridge(group);
    flush(hub);
    for (int first = 0; first < count; first += BATCH) {
        int behind = first + BATCH < count ? first + BATCH : count;
        for (int i = first; i < behind; i++) make_veth(i, netns[i], group);
        flush(hub);
        for (int i = first; i < behind; i++) finish_port(i);
        flush(hub);
    }
    for (int i = 0; i < count; i++) {
        address_node(i);
        flush(nodes[i]);
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("%.6f\n", to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9);
    return 0;
}
