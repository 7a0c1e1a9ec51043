/* What the C programs of the benchmarks share: messages put into one buffer, 64 in a send, one ACK a
 * send. */
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

/* The outer end of a veth, a port of `master` or of none (0). Two messages: of one, the kernel obeys IFF_UP
 * before IFLA_AF_SPEC, and ends with IPv6 addresses of their own cost more than everything else together. */
static void finish_outer_end(int index, int master)
{
    unsigned char none = IN6_ADDR_GEN_MODE_NONE;
    begin(RTM_NEWLINK, 0);
    link_head(index, 0);
    if (master) number(IFLA_MASTER, master);
    struct rtattr *spec = open_nest(IFLA_AF_SPEC), *inet6 = open_nest(AF_INET6);
    attribute(IFLA_INET6_ADDR_GEN_MODE, &none, 1);
    close_nest(inet6);
    close_nest(spec);
    end();
    begin(RTM_NEWLINK, 0);
    link_head(index, 1);
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

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}
