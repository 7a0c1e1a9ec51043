/* The floor of qdiscs: N veths between a node and its hub, and a netem (or a tbf) on each of the
 * node's ends.
 *
 *   qdiscs KIND GROUP HUB NODE COUNT      paths of namespaces; prints the seconds of all, and those
 *                                         of the qdiscs put once more on the same links
 *
 * Fewest messages (three for a link, one for a qdisc), 64 in a send, one ACK a send, sockets open
 * beforehand.
 */
#include "netlink.h"
#include <linux/pkt_sched.h>

#define HANDLE 0x636c0000
#define TICK 64 /* nanoseconds: PSCHED_SHIFT of the kernel's net/pkt_sched.h */
#define DELAY 20000000
#define LIMIT 4906
#define RATE (100000000 / 8)
#define BURST 50176

static void name_end(int i, unsigned group)
{
    char name[IFNAMSIZ];
    snprintf(name, sizeof name, "eth%d", i);
    words(IFLA_IFNAME, name);
    number(IFLA_MTU, 1500);
    number(IFLA_GROUP, group);
    number(IFLA_NUM_TX_QUEUES, 1);
    number(IFLA_NUM_RX_QUEUES, 1);
}

static int index_of(int i) { return FIRST_INDEX + 2 * i; }

static void make_veth(int i, int netns, unsigned group)
{
    begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    link_head(index_of(i), 1);
    name_end(i, group);
    number(IFLA_NET_NS_FD, netns);
    struct rtattr *info = open_nest(IFLA_LINKINFO);
    words(IFLA_INFO_KIND, "veth");
    struct rtattr *data = open_nest(IFLA_INFO_DATA), *peer = open_nest(VETH_INFO_PEER);
    link_head(index_of(i) + 1, 0);
    name_end(i, group);
    close_nest(peer);
    close_nest(data);
    close_nest(info);
    end();
}

static void netem(void)
{
    struct tc_netem_qopt head = { .latency = DELAY / TICK, .limit = LIMIT };
    struct tc_netem_rate rate = { .rate = RATE };
    words(TCA_KIND, "netem");
    struct rtattr *options = open_nest(TCA_OPTIONS);
    append(&head, sizeof head);
    attribute(TCA_NETEM_RATE, &rate, sizeof rate);
    close_nest(options);
}

static void tbf(void)
{
    struct tc_tbf_qopt head = { .rate = { .linklayer = TC_LINKLAYER_ETHERNET, .rate = RATE },
                                .limit = 1518000, .buffer = 1000000000LL * BURST / RATE / TICK };
    words(TCA_KIND, "tbf");
    struct rtattr *options = open_nest(TCA_OPTIONS);
    attribute(TCA_TBF_PARMS, &head, sizeof head);
    number(TCA_TBF_BURST, BURST);
    close_nest(options);
}

static void qdisc_head(int i)
{
    struct tcmsg head = { .tcm_ifindex = index_of(i), .tcm_handle = HANDLE,
                          .tcm_parent = TC_H_ROOT };
    append(&head, sizeof head);
}

static void make_qdisc(int i, int is_netem)
{
    begin(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE);
    qdisc_head(i);
    is_netem ? netem() : tbf();
    end();
}

static void make_qdiscs(int node, int count, int is_netem)
{
    for (int i = 0; i < count; i++) {
        make_qdisc(i, is_netem);
        if (i % BATCH == BATCH - 1) flush(node);
    }
    flush(node);
}

static void remove_qdiscs(int node, int count)
{
    for (int i = 0; i < count; i++) {
        begin(RTM_DELQDISC, 0);
        qdisc_head(i);
        end();
        if (i % BATCH == BATCH - 1) flush(node);
    }
    flush(node);
}

int main(int argc, char **argv)
{
    if (argc != 6) return 2;
    int is_netem = !strcmp(argv[1], "netem"), count = atoi(argv[5]);
    unsigned group = strtoul(argv[2], NULL, 0);
    int netns = open_path(argv[4]), node = socket_in(netns), hub = socket_in(open_path(argv[3]));

    double began = now();
    for (int first = 0; first < count; first += BATCH) {
        int behind = first + BATCH < count ? first + BATCH : count;
        for (int i = first; i < behind; i++) make_veth(i, netns, group);
        flush(hub);
        for (int i = first; i < behind; i++) finish_outer_end(index_of(i) + 1, 0);
        flush(hub);
    }
    make_qdiscs(node, count, is_netem);
    double both = now() - began;
    remove_qdiscs(node, count);
    began = now();
    make_qdiscs(node, count, is_netem);
    printf("%.6f %.6f\n", both, now() - began);
    return 0;
}
