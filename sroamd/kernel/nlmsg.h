/* SPDX-License-Identifier: ISC */
/*
 * rtnetlink messages, built from and read into plain structs.  Links and
 * addresses are read by libnl-route; the others by hand.  It has no protocol of
 * neighbours, no age of entries, no rule conditions that it does not know, and
 * in 3.7 no nexthop objects; and it refuses a whole route for one part that it
 * does not know.
 */
#ifndef SROAMD_KERNEL_MSG_H
#define SROAMD_KERNEL_MSG_H

#include <linux/netlink.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "kernel/plan.h"
#include "msg.h"

#define PROTO_LOCAL	44	/* routes, rules, addresses and neighbours */
#define PROTO_DIRECT	45	/* routes, nexthops not to redistribute */

struct nl_msg;

struct kernel_link {
	uint32_t	ifindex, flags, mtu, master;
	uint32_t	lower;		/* the link below it here, or 0 */
	uint32_t	vrf;		/* a VRF's table; 0: is none */
	struct mac	mac;
	char		name[16];
	bool		bridge, macvlan;
	bool		isolated;	/* from other such ports */
	bool		stp;		/* a bridge with spanning tree */
	/* Of a VLAN device the VLAN, else 0; and its protocol. */
	uint16_t	vid, protocol;
	/* Of a bridge that tells VLANs apart, which have this protocol. */
	bool		filters;
	uint16_t	default_pvid;	/* of new ports */
};

#define VLANS	4096

/* The VLANs of a port of a bridge, or of the bridge itself as one of them. */
struct kernel_vlans {
	uint16_t	pvid;		/* of frames without a tag; 0: none */
	uint64_t	member[VLANS / 64];
	uint64_t	untagged[VLANS / 64];	/* sent without a tag */
};

/* What a bridge says of one of its ports, or of itself. */
struct kernel_port {
	uint32_t		ifindex;
	bool			tells_isolated, isolated;
	bool			tells_vlans;
	struct kernel_vlans	vlans;
};

struct kernel_addr {
	struct addr	addr;
	uint32_t	ifindex;
	uint32_t	flags;		/* IFA_F_* */
	uint8_t		len;		/* in 128ths */
	uint8_t		scope;
	uint8_t		proto;		/* 0: unknown */
};

struct kernel_neigh {
	uint32_t	ifindex;	/* of a bridge: the port */
	uint32_t	age;		/* ms since it was heard; AGE_UNKNOWN */
	uint16_t	state, vlan;
	uint8_t		family, flags, proto;
	struct mac	mac;		/* zero if none */
	struct addr	addr;
};

/* Our routes, and those of others as far as they matter. */
struct kernel_rt {
	struct prefix	prefix;
	uint32_t	table, metric;
	uint32_t	ifindex, nhid;	/* either, or both */
	struct addr	gateway;
	uint8_t		proto, type;
	uint8_t		tos;
	uint8_t		family;
};

/* One way, or a group of them. */
struct kernel_nh {
	uint32_t	id;
	uint32_t	ifindex;
	struct addr	gateway;
	uint8_t		proto;
	unsigned int	nmembers;	/* 0: no group */
	struct {
		uint32_t	id;
		uint8_t		weight;	/* from 1 */
	} members[PLAN_LEGS];
};

struct kernel_rule {
	uint32_t	table, priority;
	uint8_t		family, proto;
	bool		plain;		/* of all packets, as ours are */
	bool		by_iface;	/* of all that arrive at iif */
	bool		vrfs;		/* the kernel's, that leads into VRFs */
	char		iif[16];
};

struct kernel_netconf {
	int	ifindex;	/* or NETCONFA_IFINDEX_* */
	int	forwarding;	/* -1: does not say */
	uint8_t	family;
};

#define FLOWTABLE_DEVICES	64	/* that we look at */

struct kernel_flowtable {
	char		table[64], name[64];
	unsigned int	n;
	char		devices[FLOWTABLE_DEVICES][16];
};

/* A rule that gives packets another source address. */
struct kernel_nat {
	char	table[64], chain[64];
};

/* A table of nftables; family: NFPROTO_*. */
struct kernel_nft_table {
	uint8_t	family;
	char	name[64];
};

struct kernel_nft_chain {
	uint8_t		family;
	char		table[64];
	bool		hooked;		/* a base chain, at this hook: */
	uint32_t	hook;		/* NF_INET_*, NF_NETDEV_INGRESS */
	bool		drops;		/* what no rule accepts */
};

#define RULE_MATCHES	4	/* of each kind, that are read of a rule */

/* What a rule compares: where packets come from. */
struct kernel_nft_rule {
	uint8_t		family;
	char		table[64];
	/* interfaces by name (part: how it begins), or by index */
	unsigned int	nnames, nindexes;
	char		names[RULE_MATCHES][16];
	bool		part[RULE_MATCHES];
	uint32_t	indexes[RULE_MATCHES];
	/* sources of frames */
	unsigned int	nmacs;
	struct mac	macs[RULE_MATCHES];
	/* with a set, or a group */
	bool		any_iface, any_mac;
	/* sources of packets; by the routes back to them */
	bool		source4, source6, fib;
};

/* type is RTM_NEW* or RTM_DEL*, flags NLM_F_*. */
struct nl_msg	*msg_route(int type, int flags, const struct kernel_rt *);
/*
 * Which route does a packet to this address follow (in the VRF with this
 * device, or 0): that route itself, with all its legs, or (one) the leg that it
 * would take.
 */
struct nl_msg	*msg_route_get(const struct addr *, uint32_t vrf, bool one);
struct nl_msg	*msg_nexthop(int type, int flags, const struct kernel_nh *);
/*
 * A permanent entry.  The kernel neither asks for it nor forgets it, no frame
 * on the link changes it, and it does not count against gc_thresh3, whose
 * default is 1024 for the whole host.
 */
struct nl_msg	*msg_neigh(int type, int flags, uint32_t ifindex,
		    const struct addr *, const struct mac *);
struct nl_msg	*msg_neigh_get(uint32_t ifindex, const struct addr *);
/* An entry that is there: it is at this port, and (sticky) stays there. */
struct nl_msg	*msg_fdb_move(uint32_t port, const struct mac *, uint16_t vlan,
		    uint16_t state, bool sticky);
/* The bridge's own address in a VLAN: frames to it are not flooded. */
struct nl_msg	*msg_fdb_local(int type, int flags, uint32_t bridge,
		    const struct mac *, uint16_t vlan);
struct nl_msg	*msg_fdb_del(uint32_t port, const struct mac *, uint16_t vlan);
struct nl_msg	*msg_rule(int type, int flags, const struct kernel_rule *);
struct nl_msg	*msg_addr(int type, int flags, const struct kernel_addr *);
struct nl_msg	*msg_lladdr(uint32_t ifindex, const struct mac *);

/*
 * Requests for netlink_dump: of all links, addresses, neighbours, rules or
 * nexthops (RTM_GET*) of a family, or AF_UNSPEC; or of some.
 */
struct nl_msg	*msg_dump(int type, int family);
struct nl_msg	*msg_dump_fdb(uint32_t bridge);
/* Of all bridges and their ports, with their VLANs. */
struct nl_msg	*msg_dump_ports(void);
struct nl_msg	*msg_dump_routes(int family, uint32_t table, uint8_t proto);
/* Of all tables; type is RTN_*. */
struct nl_msg	*msg_dump_type(int family, uint8_t proto, uint8_t type);
/* Of NETLINK_NETFILTER: NFT_MSG_GET*, of all families. */
struct nl_msg	*msg_dump_nft(int type);

/* 0, or -1: not of this kind, or not readable. */
int	msg_read_link(struct nlmsghdr *, struct kernel_link *);
int	msg_read_port(struct nlmsghdr *, struct kernel_port *);
int	msg_read_addr(struct nlmsghdr *, struct kernel_addr *);
int	msg_read_neigh(struct nlmsghdr *, struct kernel_neigh *);
int	msg_read_route(struct nlmsghdr *, struct kernel_rt *);
/* The usable legs of a unicast route; the number is 0 if it tells of none. */
int	msg_read_legs(struct nlmsghdr *, struct plan_reach *);
int	msg_read_nexthop(struct nlmsghdr *, struct kernel_nh *);
int	msg_read_rule(struct nlmsghdr *, struct kernel_rule *);
int	msg_read_netconf(struct nlmsghdr *, struct kernel_netconf *);
int	msg_read_flowtable(struct nlmsghdr *, struct kernel_flowtable *);
int	msg_read_nat(struct nlmsghdr *, struct kernel_nat *);
int	msg_read_nft_table(struct nlmsghdr *, struct kernel_nft_table *);
int	msg_read_nft_chain(struct nlmsghdr *, struct kernel_nft_chain *);
int	msg_read_nft_rule(struct nlmsghdr *, struct kernel_nft_rule *);

int		 addr_family(const struct addr *);
#endif
