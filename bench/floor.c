/* The floor: what attaching N nodes to one bridge costs when nothing but the kernel works.
 *
 *   floor GROUP HUB NODE...        paths of namespaces; prints seconds
 *   floor late GROUP HUB NODE...   one message more: the bridge looks at multicast when it has its ports
 *
 * Fewest messages (three for a link, an address and a route for a node), 64 in a send, one ACK a
 * send, sockets open beforehand.
 */
#include "netlink.h"

static void bridge_info(unsigned char snooping)
{
    struct rtattr *info = open_nest(IFLA_LINKINFO);
    words(IFLA_INFO_KIND, "bridge");
    struct rtattr *data = open_nest(IFLA_INFO_DATA);
    attribute(IFLA_BR_MCAST_SNOOPING, &snooping, 1);
    close_nest(data);
    close_nest(info);
}

static void make_bridge(unsigned group, int snooping)
{
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    link_head(FIRST_INDEX, 1);
    words(IFLA_IFNAME, "br");
    number(IFLA_GROUP, group);
    bridge_info(snooping);
    end();
}

static void begin_snooping(void)
{
    begin(RTM_NEWLINK, 0);
    link_head(FIRST_INDEX, 0);
    bridge_info(1);
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

int main(int argc, char **argv)
{
    int late = argc > 1 && !strcmp(argv[1], "late");
    int count = argc - 3 - late;
    struct rlimit limit;
    if (count < 1) return 2;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int *netns = calloc(count, sizeof *netns), *nodes = calloc(count, sizeof *nodes);
    argv += late;
    unsigned group = strtoul(argv[1], NULL, 0);
    for (int i = 0; i < count; i++) nodes[i] = socket_in(netns[i] = open_path(argv[3 + i]));
    int hub = socket_in(open_path(argv[2]));

    double from = now();
    make_bridge(group, !late);
    flush(hub);
    for (int first = 0; first < count; first += BATCH) {
        int behind = first + BATCH < count ? first + BATCH : count;
        for (int i = first; i < behind; i++) make_veth(i, netns[i], group);
        flush(hub);
        for (int i = first; i < behind; i++) finish_outer_end(FIRST_INDEX + 2 * i + 2, FIRST_INDEX);
        flush(hub);
    }
    if (late) begin_snooping();
    flush(hub);
    for (int i = 0; i < count; i++) {
        address_node(i);
        flush(nodes[i]);
    }
    printf("%.6f\n", now() - from);
    return 0;
}
