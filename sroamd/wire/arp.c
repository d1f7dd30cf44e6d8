/* SPDX-License-Identifier: ISC */
/* ARP: packets of stations, and our requests and replies (RFC 826, 5227). */
#include <string.h>

#include "wire/arp.h"
#include "wire/ip.h"

#define ARP_LEN		28
#define ARP_ETHER	1
#define ARP_REQUEST	1
#define ARP_REPLY	2

struct arp {
	uint16_t	htype, ptype, op;
	uint8_t		hlen, plen;
	struct mac	sha, tha;
	uint8_t		spa[4], tpa[4];
};

static const char	*get_arp(struct ibuf *, struct arp *);
static bool		 is_v4(const uint8_t *, const struct addr *);
static int		 add_arp(struct ibuf *, const struct link *, uint16_t,
			    const struct mac *, const uint8_t *,
			    const struct mac *, const uint8_t *);
static int		 add_request(struct ibuf *, const struct link *,
			    const struct mac *, const uint8_t *);

const char *
wire_arp_parse(const void *frame, size_t len, const struct link *link,
    struct heard *heard)
{
	static const uint8_t zero[4];
	struct wire_ether ether;
	struct ibuf buf;
	struct arp arp;
	const char *why;

	ibuf_from(&buf, frame, len);
	if ((why = wire_get_ether(&buf, &ether)) != NULL ||
	    (why = get_arp(&buf, &arp)) != NULL)
		return why;
	if (ether.type != WIRE_TYPE_ARP)
		return "not ARP";
	if (mac_cmp(&arp.sha, &ether.src) != 0)
		return "ARP sender is not the Ethernet source";
	memset(heard, 0, sizeof(*heard));
	heard->ifindex = link->ifindex;
	heard->mac = ether.src;
	/* RFC 5227 2.1.1: a probe's sender has no address yet. */
	if (memcmp(arp.spa, zero, sizeof(zero)) != 0)
		addr_from_v4(&heard->addr, arp.spa);
	if (arp.spa[0] >= 0xe0)
		return "ARP sender address is not unicast";
	if (arp.op == ARP_REPLY && mac_cmp(&ether.dst, &link->lladdr) == 0 &&
	    is_v4(arp.tpa, &link->gateway4))
		heard->kind = HEARD_ARP_REPLY;
	else
		heard->kind = HEARD_ARP;
	return NULL;
}

int
wire_arp_announce(const struct announce *announce, const struct link *link,
    struct ibuf *buf)
{
	return add_request(buf, link, &announce->mac,
	    addr_v4(&link->gateway4));
}

int
wire_arp_probe(const struct probe *probe, const struct link *link,
    struct ibuf *buf)
{
	static const struct mac all = {
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }
	};

	if (!addr_is_v4(&probe->addr))
		return -1;
	return add_request(buf, link, probe->everybody ? &all : &probe->mac,
	    addr_v4(&probe->addr));
}

static bool
get_request(const void *frame, size_t len, struct wire_ether *ether,
    struct arp *arp)
{
	struct ibuf buf;

	ibuf_from(&buf, frame, len);
	return wire_get_ether(&buf, ether) == NULL &&
	    get_arp(&buf, arp) == NULL && arp->op == ARP_REQUEST;
}

bool
wire_arp_asks(const void *frame, size_t len, const struct link *link,
    struct arp_ask *ask)
{
	static const uint8_t zero[4];
	struct wire_ether ether;
	struct arp arp;

	if (!get_request(frame, len, &ether, &arp) ||
	    memcmp(arp.spa, arp.tpa, sizeof(arp.spa)) == 0 ||
	    memcmp(arp.tpa, zero, sizeof(zero)) == 0 ||
	    is_v4(arp.tpa, &link->gateway4))
		return false;
	memset(ask, 0, sizeof(*ask));
	ask->ifindex = link->ifindex;
	ask->mac = ether.src;
	if (memcmp(arp.spa, zero, sizeof(zero)) != 0)
		addr_from_v4(&ask->sender, arp.spa);
	addr_from_v4(&ask->target, arp.tpa);
	return true;
}

bool
wire_arp_probed(const void *frame, size_t len, struct addr *target)
{
	static const uint8_t zero[4];
	struct wire_ether ether;
	struct arp arp;

	if (!get_request(frame, len, &ether, &arp) ||
	    memcmp(arp.spa, zero, sizeof(zero)) != 0)
		return false;
	addr_from_v4(target, arp.tpa);
	return true;
}

int
wire_arp_answer(const struct arp_ask *ask, const struct link *link,
    struct ibuf *buf)
{
	return add_arp(buf, link, ARP_REPLY, &ask->mac, addr_v4(&ask->target),
	    &ask->mac, addr_v4(&ask->sender));
}

static const char *
get_arp(struct ibuf *buf, struct arp *arp)
{
	if (ibuf_get_n16(buf, &arp->htype) == -1 ||
	    ibuf_get_n16(buf, &arp->ptype) == -1 ||
	    ibuf_get_n8(buf, &arp->hlen) == -1 ||
	    ibuf_get_n8(buf, &arp->plen) == -1 ||
	    ibuf_get_n16(buf, &arp->op) == -1 ||
	    ibuf_get(buf, &arp->sha, sizeof(arp->sha)) == -1 ||
	    ibuf_get(buf, arp->spa, sizeof(arp->spa)) == -1 ||
	    ibuf_get(buf, &arp->tha, sizeof(arp->tha)) == -1 ||
	    ibuf_get(buf, arp->tpa, sizeof(arp->tpa)) == -1)
		return "short ARP packet";
	if (arp->htype != ARP_ETHER || arp->ptype != WIRE_TYPE_IP4 ||
	    arp->hlen != sizeof(arp->sha) || arp->plen != sizeof(arp->spa))
		return "ARP is not IPv4 over Ethernet";
	if (arp->op != ARP_REQUEST && arp->op != ARP_REPLY)
		return "ARP is neither request nor reply";
	return NULL;
}

static bool
is_v4(const uint8_t *v4, const struct addr *addr)
{
	return addr_is_v4(addr) && memcmp(v4, addr_v4(addr), 4) == 0;
}

/* To a station: we are `sender`, it is `tha` and `target`. */
static int
add_arp(struct ibuf *buf, const struct link *link, uint16_t op,
    const struct mac *to, const uint8_t *sender, const struct mac *tha,
    const uint8_t *target)
{
	const struct wire_ether ether = { *to, link->lladdr, WIRE_TYPE_ARP };

	if (!addr_is_v4(&link->gateway4) ||
	    ibuf_room(buf) < WIRE_ETHER_LEN + ARP_LEN)
		return -1;
	wire_add_ether(buf, &ether);
	ibuf_add_n16(buf, ARP_ETHER);
	ibuf_add_n16(buf, WIRE_TYPE_IP4);
	ibuf_add_n8(buf, sizeof(link->lladdr));
	ibuf_add_n8(buf, 4);
	ibuf_add_n16(buf, op);
	ibuf_add(buf, &link->lladdr, sizeof(link->lladdr));
	ibuf_add(buf, sender, 4);
	ibuf_add(buf, tha, sizeof(*tha));
	return ibuf_add(buf, target, 4);
}

static int
add_request(struct ibuf *buf, const struct link *link, const struct mac *to,
    const uint8_t *target)
{
	static const struct mac nobody;

	return add_arp(buf, link, ARP_REQUEST, to, addr_v4(&link->gateway4),
	    &nobody, target);
}
