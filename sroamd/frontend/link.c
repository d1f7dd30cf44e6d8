/* SPDX-License-Identifier: ISC */
/* A link's frames: received, parsed and counted; and those that are sent. */
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/tree.h>

#include <errno.h>
#include <event2/event.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"
#include "common/ratelimit.h"
#include "frontend/advert.h"
#include "frontend/intake.h"
#include "frontend/link.h"
#include "frontend/turn.h"
#include "wire/arp.h"
#include "wire/dhcp.h"
#include "wire/dhcp6.h"
#include "wire/frame.h"
#include "wire/ip.h"
#include "wire/nd.h"

#define USUAL_MTU	1500		/* not advertised */

/* Offset of the checksum in a UDP header. */
#define AT_UDP_SUM	6

enum warning {
	WARN_SEND,
	WARN_RECEIVE,
	WARNINGS
};

/* A packet socket of a link. */
struct tap {
	struct served	*served;
	int		 fd;		/* -1: no socket yet */
	struct turn	*reading;
};

/* What all stations of a network are given. */
struct offering {
	/* NULL: not configured */
	const struct conf_network	*network;
	struct wire_dhcp_options	 dhcp;
	const struct dhcp_option	*raw[CONF_OPTIONS];	/* in dhcp */
	struct advert_options		 adverts;
	struct wire_dhcp6_options	 dhcp6;
};

struct served {
	RB_ENTRY(served)	 entry;
	struct links		*links;
	struct offering		*offering;	/* of its network */
	struct link		 link;		/* has a name once received */
	struct tap		 taps[LINK_SOCKETS];
	uint8_t			 netmask;	/* 0: 32 */
	uint8_t			 proxy;		/* INTAKE_PROXY, _ISOLATED */
	bool			 repeaters;
	struct ctl_interface	 count;		/* only its counters */
	struct ratelimit	 warned[WARNINGS];
};
RB_HEAD(served_tree, served);

struct links {
	struct turns		*turns;
	struct intake		*intake;
	struct served_tree	 tree;
	size_t			 n;
	uint64_t		 lost;		/* messages, without a link */
	const struct conf	*conf;		/* NULL: none yet */
	struct offering		 offerings[CONF_NETWORKS];
};

static int		 served_cmp(const struct served *,
			    const struct served *);
static struct served	*served_find(const struct links *, uint32_t);
static struct served	*served_get(struct links *, uint32_t);
static struct served	*receiver(struct links *, uint32_t);
static void		 served_free(struct served *);
static void		 tap_close(struct tap *);
static void		 set_offering(struct offering *, const struct conf *,
			    uint32_t network);
static void		 set_dhcp(struct offering *, const struct conf *,
			    uint32_t network);
static int		 set_iface(struct served *);
static bool		 tap_read(void *);
static ssize_t		 receive(struct tap *, uint8_t *, size_t);
static void		 defend(struct served *, int);
static void		 leave_checksum(uint8_t *, size_t);
static size_t		 frame_max(const struct link *);
static void		 transmit_port(struct served *, enum link_socket,
			    uint32_t, const struct ibuf *);
static void		 transmit(struct served *, enum link_socket,
			    const struct ibuf *);
static void		 note_receiver(struct served *, const struct ibuf *);
static void		 count_lost(struct tap *);
static bool		 may_warn(struct served *, enum warning);

RB_PROTOTYPE(served_tree, served, entry, served_cmp)
RB_GENERATE(served_tree, served, entry, served_cmp)

struct links *
links_new(struct event_base *base, const struct links_ops *ops, uint32_t seed)
{
	const struct turns_ops turns_ops = { ops->busy, ops->arg };
	struct links *links;

	if ((links = calloc(1, sizeof(*links))) == NULL)
		return NULL;
	links->intake = intake_new(ops->message, ops->arg, seed);
	links->turns = turns_new(base, &turns_ops);
	RB_INIT(&links->tree);
	if (links->intake == NULL || links->turns == NULL) {
		links_free(links);
		return NULL;
	}
	return links;
}

void
links_free(struct links *links)
{
	struct served *s;

	if (links == NULL)
		return;
	while ((s = RB_MIN(served_tree, &links->tree)) != NULL)
		served_free(s);
	intake_free(links->intake);
	turns_free(links->turns);
	free(links);
}

void
links_resume(struct links *links)
{
	turns_resume(links->turns);
}

void
links_conf(struct links *links, const struct conf *conf)
{
	struct served *s, *next;
	uint32_t i;

	links->conf = conf;
	for (i = 0; i < conf->nnetworks; i++)
		set_offering(&links->offerings[i], conf, i);
	intake_conf(links->intake, conf);
	RB_FOREACH_SAFE(s, served_tree, &links->tree, next)
		if (s->link.name[0] != '\0' && set_iface(s) == -1)
			served_free(s);
}

static void
set_offering(struct offering *o, const struct conf *conf, uint32_t network)
{
	const struct conf_network *net = &conf->networks[network];

	o->network = net;
	advert_options_conf(&o->adverts, net, clock_monotime());
	dhcp6_options_conf(&o->dhcp6, net);
	set_dhcp(o, conf, network);
}

static void
set_dhcp(struct offering *offering, const struct conf *conf, uint32_t network)
{
	const struct conf_network *net = &conf->networks[network];
	struct wire_dhcp_options *o = &offering->dhcp;
	size_t i;

	memset(o, 0, sizeof(*o));
	o->ipv6_only = net->ipv6_only;
	o->nnameservers = net->nnameservers;
	memcpy(o->nameservers, net->nameservers, sizeof(o->nameservers));
	o->nntp = net->nntp;
	memcpy(o->ntp, net->ntp, sizeof(o->ntp));
	o->domain = net->domain;
	o->portal = net->captive;
	o->nsearch = net->nsearch;
	for (i = 0; i < net->nsearch && i < CONF_SEARCH; i++)
		o->search[i] = net->search[i];
	o->next_server = net->next_server;
	o->server_name = net->server_name;
	o->raw = offering->raw;
	for (i = 0; i < conf->noptions && o->nraw < CONF_OPTIONS; i++)
		if (conf->options[i].network == network)
			offering->raw[o->nraw++] = &conf->options[i].option;
}

/* From its configuration; -1: it has none. */
static int
set_iface(struct served *s)
{
	const struct conf *conf = s->links->conf;
	size_t i;

	for (i = 0; conf != NULL && i < conf->nifaces; i++)
		if (strcmp(conf->ifaces[i].name, s->link.name) == 0) {
			s->offering =
			    &s->links->offerings[conf->ifaces[i].network];
			s->netmask = (uint8_t)conf->ifaces[i].netmask;
			s->proxy = s->netmask != 0 ? INTAKE_PROXY : 0;
			if (conf->ifaces[i].isolated)
				s->proxy |= INTAKE_ISOLATED;
			s->repeaters = conf->ifaces[i].repeaters != 0;
			return 0;
		}
	return -1;
}

/* An interface that was created again under its name has another index. */
void
links_update(struct links *links, const struct link *link)
{
	struct served *s, *next;

	RB_FOREACH_SAFE(s, served_tree, &links->tree, next)
		if (s->link.ifindex != link->ifindex &&
		    strcmp(s->link.name, link->name) == 0)
			served_free(s);
	if ((s = served_get(links, link->ifindex)) == NULL)
		return;
	s->link = *link;
	set_iface(s);
}

int
links_socket(struct links *links, const struct ipc_link_socket *what, int fd)
{
	struct served *s;
	struct tap *tap;

	if ((s = served_get(links, what->ifindex)) == NULL) {
		close(fd);
		return -1;
	}
	tap = &s->taps[what->kind];
	tap_close(tap);
	tap->fd = fd;
	tap->reading = turn_new(links->turns, fd, tap_read, tap);
	if (tap->reading != NULL)
		return 0;
	nomem("a packet socket");
	tap_close(tap);
	return -1;
}

static int
served_cmp(const struct served *a, const struct served *b)
{
	return a->link.ifindex < b->link.ifindex ? -1 :
	    a->link.ifindex > b->link.ifindex;
}

static struct served *
served_find(const struct links *links, uint32_t ifindex)
{
	struct served key = { .link = { .ifindex = ifindex } };
	struct served_tree tree = links->tree;	/* RB_ takes no const */

	return RB_FIND(served_tree, &tree, &key);
}

/* Of a message of the engine; NULL: it is gone, and so is the message. */
static struct served *
receiver(struct links *links, uint32_t ifindex)
{
	struct served *s = served_find(links, ifindex);

	links->lost += s == NULL;
	return s;
}

static struct served *
served_get(struct links *links, uint32_t ifindex)
{
	struct served *s;
	size_t i;

	if ((s = served_find(links, ifindex)) != NULL)
		return s;
	if ((s = calloc(1, sizeof(*s))) == NULL) {
		nomem("an interface");
		return NULL;
	}
	s->links = links;
	s->offering = links->offerings;
	for (i = 0; i < LINK_SOCKETS; i++)
		s->taps[i] = (struct tap){ .served = s, .fd = -1 };
	s->link.ifindex = ifindex;
	RB_INSERT(served_tree, &links->tree, s);
	links->n++;
	return s;
}

static void
served_free(struct served *s)
{
	int i;

	RB_REMOVE(served_tree, &s->links->tree, s);
	s->links->n--;
	for (i = 0; i < LINK_SOCKETS; i++)
		tap_close(&s->taps[i]);
	free(s);
}

static void
tap_close(struct tap *tap)
{
	count_lost(tap);
	turn_free(tap->reading);
	tap->reading = NULL;
	if (tap->fd != -1)
		close(tap->fd);
	tap->fd = -1;
}

/* One frame; false: there are no more. */
static bool
tap_read(void *arg)
{
	struct tap *tap = arg;
	struct served *s = tap->served;
	uint8_t frame[2048];
	const struct intake_link on = { &s->link, s->offering->network,
	    s->proxy, s->repeaters, &s->count };
	int what_to_defend;
	ssize_t n;

	if ((n = receive(tap, frame, sizeof(frame))) == -1)
		return false;
	if (!s->link.up || on.network == NULL)
		s->count.idle++;
	else if ((what_to_defend = intake_frame(s->links->intake, &on, frame,
	    (size_t)n)) != 0)
		defend(s, what_to_defend);
	return true;
}

/* RFC 5227 2.4: announce the gateway's address to all stations again. */
static void
defend(struct served *s, int what)
{
	static const struct mac all_nodes = { { 0x33, 0x33, 0, 0, 0, 1 } };
	struct announce all = { .ifindex = s->link.ifindex };
	uint8_t frame[WIRE_FRAME_MAX];
	struct ibuf buf;

	ibuf_to(&buf, frame, sizeof(frame));
	all.mac = wire_broadcast;
	if ((what & INTAKE_DEFEND4) &&
	    wire_arp_announce(&all, &s->link, &buf) == 0)
		transmit(s, LINK_SOCKET_NEIGHBOUR, &buf);
	ibuf_to(&buf, frame, sizeof(frame));
	all.mac = all_nodes;
	if ((what & INTAKE_DEFEND6) &&
	    wire_nd_announce(&all, &s->link, &buf) == 0)
		transmit(s, LINK_SOCKET_NEIGHBOUR, &buf);
}

/* The length of one frame, or -1: no more for now. */
static ssize_t
receive(struct tap *tap, uint8_t *frame, size_t size)
{
	union {
		struct cmsghdr	hdr;
		uint8_t		octets[CMSG_SPACE(sizeof(
				    struct tpacket_auxdata))];
	} control;
	struct iovec iov = { frame, size };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control)
	};
	struct tpacket_auxdata aux;
	struct cmsghdr *c;
	ssize_t n;

	if ((n = recvmsg(tap->fd, &msg, MSG_DONTWAIT)) == -1) {
		/* ENETDOWN is reported once, when the interface goes down. */
		if (errno != EAGAIN && errno != EINTR && errno != ENETDOWN &&
		    may_warn(tap->served, WARN_RECEIVE))
			log_warn("%s: receive", tap->served->link.name);
		return -1;
	}
	n = (ssize_t)wire_untag(frame, (size_t)n);
	for (c = CMSG_FIRSTHDR(&msg); c != NULL; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_PACKET ||
		    c->cmsg_type != PACKET_AUXDATA ||
		    c->cmsg_len != CMSG_LEN(sizeof(aux)))
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (aux.tp_status & TP_STATUS_CSUMNOTREADY)
			leave_checksum(frame, (size_t)n);
	}
	return n;
}

/*
 * A sender on the same machine leaves the UDP checksum to hardware that there
 * is not (veth, virtio).  Such a frame never crossed a wire: accept it as one
 * without checksum (RFC 768: zero).  IPv6 has no such value: there the
 * checksum is computed.
 */
static void
leave_checksum(uint8_t *frame, size_t len)
{
	size_t udp;

	if (wire_sum_udp6(frame, len) == 0)
		return;
	if (len <= WIRE_ETHER_LEN || frame[12] != WIRE_TYPE_IP4 >> 8 ||
	    frame[13] != (WIRE_TYPE_IP4 & 0xff))
		return;
	udp = WIRE_ETHER_LEN + (frame[WIRE_ETHER_LEN] & 0xf) * 4;
	if (udp + AT_UDP_SUM + 2 <= len)
		memset(frame + udp + AT_UDP_SUM, 0, 2);
}

void
links_dhcp_reply(struct links *links, const struct dhcp_reply *reply)
{
	struct wire_dhcp_options options;
	uint8_t frame[WIRE_FRAME_MAX];
	struct served *s;
	struct ibuf buf;

	if ((s = receiver(links, reply->to.ifindex)) == NULL)
		return;
	options = s->offering->dhcp;
	options.source = s->link.lladdr;
	options.gateway = s->link.gateway4;
	options.netmask = s->netmask;
	/* With 32, iPXE sends all by broadcast, and UEFI has no gateway. */
	if (s->netmask == 0 && reply->to.has_arch)
		options.netmask = wire_dhcp_netmask(&s->link.gateway4,
		    &reply->yiaddr);
	options.boot_file = s->offering->network == NULL ? NULL :
	    conf_boot_file(s->offering->network, reply->to.has_arch,
	    reply->to.arch);
	if (s->link.mtu < USUAL_MTU)
		options.mtu = (uint16_t)s->link.mtu;
	ibuf_to(&buf, frame, sizeof(frame));
	if (wire_dhcp_build(reply, &options, &buf) == 0)
		transmit(s, LINK_SOCKET_DHCP, &buf);
	else {
		s->count.unmade++;
		log_debug("%s: DHCP reply to %s: nowhere to send it",
		    s->link.name, mac_text(&reply->to.chaddr));
	}
}

void
links_dhcp6_reply(struct links *links, const struct dhcp6_reply *reply)
{
	uint8_t frame[WIRE_FRAME_MAX];
	struct served *s;
	struct ibuf buf;

	if ((s = receiver(links, reply->to.ifindex)) == NULL)
		return;
	ibuf_to(&buf, frame, frame_max(&s->link));
	if (wire_dhcp6_build(reply, &s->link, &s->offering->dhcp6, &buf) == 0)
		transmit(s, LINK_SOCKET_DHCP, &buf);
	else
		s->count.unmade++;
}

void
links_advert(struct links *links, const struct advert *advert)
{
	uint8_t frame[WIRE_FRAME_MAX];
	struct served *s;
	struct ibuf buf;

	if ((s = receiver(links, advert->ifindex)) == NULL)
		return;
	ibuf_to(&buf, frame, frame_max(&s->link));
	if (wire_nd_advert(advert, &s->link, advert_options(
	    &s->offering->adverts, clock_monotime()), &buf) == 0)
		transmit(s, LINK_SOCKET_NEIGHBOUR, &buf);
	else
		s->count.unmade++;
}

void
links_announce(struct links *links, const struct announce *announce)
{
	uint8_t frame[WIRE_FRAME_MAX];
	struct served *s;
	struct ibuf buf;

	if ((s = receiver(links, announce->ifindex)) == NULL)
		return;
	ibuf_to(&buf, frame, sizeof(frame));
	if (wire_arp_announce(announce, &s->link, &buf) == 0)
		transmit(s, LINK_SOCKET_NEIGHBOUR, &buf);
	ibuf_to(&buf, frame, sizeof(frame));
	if (wire_nd_announce(announce, &s->link, &buf) == 0)
		transmit(s, LINK_SOCKET_NEIGHBOUR, &buf);
}

void
links_probe(struct links *links, const struct probe *probe)
{
	uint8_t frame[WIRE_FRAME_MAX];
	struct served *s;
	struct ibuf buf;
	int rc;

	if ((s = receiver(links, probe->ifindex)) == NULL)
		return;
	ibuf_to(&buf, frame, sizeof(frame));
	if (addr_is_v4(&probe->addr))
		rc = wire_arp_probe(probe, &s->link, &buf);
	else
		rc = wire_nd_probe(probe, &s->link, &buf);
	if (rc == 0)
		rc = wire_tag(&buf, probe->tag);
	if (rc == 0)
		transmit_port(s, LINK_SOCKET_NEIGHBOUR, probe->port != 0 ?
		    probe->port : probe->ifindex, &buf);
	else
		s->count.unmade++;
}

/* What the link accepts, as far as we send it. */
static size_t
frame_max(const struct link *link)
{
	size_t max = WIRE_ETHER_LEN + link->mtu;

	return max < WIRE_FRAME_MAX && link->mtu != 0 ? max : WIRE_FRAME_MAX;
}

void
links_arp_reply(struct links *links, const struct arp_ask *ask)
{
	uint8_t frame[WIRE_FRAME_MAX];
	struct served *s;
	struct ibuf buf;

	if ((s = receiver(links, ask->ifindex)) == NULL)
		return;
	ibuf_to(&buf, frame, sizeof(frame));
	if (wire_arp_answer(ask, &s->link, &buf) == -1) {
		s->count.unmade++;
		return;
	}
	s->count.proxied++;
	transmit(s, LINK_SOCKET_NEIGHBOUR, &buf);
}

static void
transmit(struct served *s, enum link_socket kind, const struct ibuf *buf)
{
	transmit_port(s, kind, s->link.ifindex, buf);
}

/*
 * A link that is down, or has no socket yet, loses frames like a cable.
 * Through a port of the link, a frame goes to that port alone.
 */
static void
transmit_port(struct served *s, enum link_socket kind, uint32_t port,
    const struct ibuf *buf)
{
	struct sockaddr_ll sll = { .sll_family = AF_PACKET };
	int fd = s->taps[kind].fd;
	ssize_t n = -1;

	sll.sll_ifindex = (int)port;
	if (fd != -1 && s->link.up) {
		if (port == s->link.ifindex)
			n = send(fd, buf->data, ibuf_len(buf), MSG_DONTWAIT);
		else
			n = sendto(fd, buf->data, ibuf_len(buf), MSG_DONTWAIT,
			    (struct sockaddr *)&sll, sizeof(sll));
	}
	if (n != -1) {
		s->count.sent++;
		note_receiver(s, buf);
		return;
	}
	s->count.send_errors++;
	if (fd != -1 && s->link.up && may_warn(s, WARN_SEND))
		log_warn("%s: send", s->link.name);
}

static void
note_receiver(struct served *s, const struct ibuf *buf)
{
	struct mac to;

	if (ibuf_len(buf) < sizeof(to))
		return;
	memcpy(&to, buf->data, sizeof(to));
	if (mac_is_station(&to))
		intake_answered(s->links->intake, &to);
}

/* Frames that the kernel dropped as the socket was full; reading resets it. */
static void
count_lost(struct tap *tap)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	if (tap->fd != -1 && getsockopt(tap->fd, SOL_PACKET,
	    PACKET_STATISTICS, &stats, &len) == 0)
		tap->served->count.lost += stats.tp_drops;
}

/* At most once per cause and minute. */
static bool
may_warn(struct served *s, enum warning about)
{
	return ratelimit_pass(&s->warned[about], RATELIMIT_LOG,
	    clock_monotime());
}

void
links_show(const struct links *links, const char *name,
    struct ctl_interface *show)
{
	struct served_tree tree = links->tree;
	struct served *s;
	int i;

	memset(show, 0, sizeof(*show));
	RB_FOREACH(s, served_tree, &tree) {
		if (strcmp(s->link.name, name) != 0)
			continue;
		for (i = 0; i < LINK_SOCKETS; i++)
			count_lost(&s->taps[i]);
		*show = s->count;
		show->ifindex = s->link.ifindex;
		show->up = s->link.up;
		show->source = s->link.source;
		show->drops = s->link.drops;
		show->lladdr = s->link.lladdr;
		show->gateway4 = s->link.gateway4;
		show->gateway6 = s->link.gateway6;
	}
	strlcpy(show->name, name, sizeof(show->name));
}

void
links_drops(struct links *links, const struct ipc_drops *drops)
{
	struct served *s = served_find(links, drops->ifindex);

	if (s != NULL)
		memcpy(s->count.dropped, drops->count,
		    sizeof(s->count.dropped));
}

uint64_t
links_lost(const struct links *links)
{
	return links->lost;
}

size_t
links_count(const struct links *links)
{
	return links->n;
}
