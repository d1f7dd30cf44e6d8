/* SPDX-License-Identifier: ISC */
/* The kind of a frame, by its headers. */
#include <net/ethernet.h>
#include <string.h>

#include "wire/arp.h"
#include "wire/dhcp.h"
#include "wire/dhcp6.h"
#include "wire/frame.h"
#include "wire/ip.h"
#include "wire/nd.h"

static enum frame_kind	classify(const void *, size_t, const struct link *,
			    struct frame *);
static enum frame_kind	classify_ip4(struct ibuf *,
			    const struct wire_ether *, const struct link *,
			    struct frame *);
static bool		is_for_us(const struct wire_ether *,
			    const struct wire_ip *, const struct link *);
static enum frame_kind	classify_ip6(struct ibuf *, struct frame *);
static enum frame_kind	classify_udp6(struct ibuf *, const struct wire_ip *);

void
wire_frame_parse(const void *data, size_t len, const struct link *link,
    struct frame *frame)
{
	memset(frame, 0, sizeof(*frame));
	frame->kind = classify(data, len, link, frame);
	switch (frame->kind) {
	case FRAME_DHCP:
		frame->why = wire_dhcp_parse(data, len, link->ifindex,
		    &frame->u.dhcp);
		break;
	case FRAME_DHCP6:
		frame->why = wire_dhcp6_parse(data, len, link->ifindex,
		    &frame->u.dhcp6);
		break;
	case FRAME_RS:
		frame->why = wire_nd_parse_solicit(data, len, link->ifindex,
		    &frame->u.solicit);
		break;
	case FRAME_ARP:
		frame->why = wire_arp_parse(data, len, link,
		    &frame->u.heard);
		break;
	case FRAME_NS:
	case FRAME_NA:
		frame->why = wire_nd_parse_heard(data, len, link->ifindex,
		    &frame->u.heard);
		break;
	case FRAME_DHCP_SERVER:
	case FRAME_DHCP6_SERVER:
	case FRAME_RA:
	case FRAME_OTHER:
	case FRAME_MALFORMED:
		break;
	}
	if (frame->why != NULL)
		frame->kind = FRAME_MALFORMED;
}

/* The kind by the headers; malformed ones have their fault in `why`. */
static enum frame_kind
classify(const void *data, size_t len, const struct link *link,
    struct frame *frame)
{
	struct wire_ether ether;
	struct ibuf buf;

	ibuf_from(&buf, data, len);
	if ((frame->why = wire_get_ether(&buf, &ether)) != NULL)
		return FRAME_MALFORMED;
	frame->source = ether.src;
	if (mac_cmp(&ether.src, &link->lladdr) == 0)
		return FRAME_OTHER;
	switch (ether.type) {
	case WIRE_TYPE_IP4:
		return classify_ip4(&buf, &ether, link, frame);
	case WIRE_TYPE_IP6:
		return classify_ip6(&buf, frame);
	case WIRE_TYPE_ARP:
		return FRAME_ARP;
	default:
		return FRAME_OTHER;
	}
}

/*
 * A request on its way to another server is routed like any packet: only those
 * to all, or to us, are ours.  To all is also what is sent to the broadcast
 * address of a prefix: all stations of the link get the frame.
 */
static bool
is_for_us(const struct wire_ether *ether, const struct wire_ip *ip,
    const struct link *link)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	return mac_cmp(&ether->dst, &wire_broadcast) == 0 ||
	    memcmp(addr_v4(&ip->dst), all, sizeof(all)) == 0 ||
	    (!addr_is_none(&link->gateway4) &&
	    addr_cmp(&ip->dst, &link->gateway4) == 0);
}

static enum frame_kind
classify_ip4(struct ibuf *buf, const struct wire_ether *ether,
    const struct link *link, struct frame *frame)
{
	struct wire_ip ip;
	uint16_t sport, dport;

	if ((frame->why = wire_get_ip4(buf, &ip)) != NULL)
		return FRAME_MALFORMED;
	if (ip.proto != WIRE_PROTO_UDP || ibuf_get_n16(buf, &sport) == -1 ||
	    ibuf_get_n16(buf, &dport) == -1)
		return FRAME_OTHER;
	if (sport == WIRE_DHCP_SERVER && dport == WIRE_DHCP_CLIENT) {
		frame->server = ip.src;
		return FRAME_DHCP_SERVER;
	}
	if (dport != WIRE_DHCP_SERVER)
		return FRAME_OTHER;
	return is_for_us(ether, &ip, link) ? FRAME_DHCP : FRAME_OTHER;
}

static enum frame_kind
classify_udp6(struct ibuf *buf, const struct wire_ip *ip)
{
	uint16_t sport, dport;

	if (ibuf_get_n16(buf, &sport) == -1 ||
	    ibuf_get_n16(buf, &dport) == -1)
		return FRAME_OTHER;
	if (sport == WIRE_DHCP6_SERVER && dport == WIRE_DHCP6_CLIENT)
		return FRAME_DHCP6_SERVER;
	return dport == WIRE_DHCP6_SERVER &&
	    addr_cmp(&ip->dst, &wire_dhcp6_servers) == 0 ?
	    FRAME_DHCP6 : FRAME_OTHER;
}

static enum frame_kind
classify_ip6(struct ibuf *buf, struct frame *frame)
{
	struct wire_ip ip;
	uint8_t type;

	if ((frame->why = wire_get_ip6(buf, &ip)) != NULL)
		return FRAME_MALFORMED;
	frame->server = ip.src;
	if (ip.proto == WIRE_PROTO_UDP)
		return classify_udp6(buf, &ip);
	if (ip.proto != WIRE_PROTO_ICMP6 || ibuf_get_n8(buf, &type) == -1)
		return FRAME_OTHER;
	switch (type) {
	case WIRE_ND_RS:
		return FRAME_RS;
	case WIRE_ND_RA:
		/* Hosts ignore one that was routed. */
		return ip.hops == 255 ? FRAME_RA : FRAME_OTHER;
	case WIRE_ND_NS:
		return FRAME_NS;
	case WIRE_ND_NA:
		return FRAME_NA;
	default:
		return FRAME_OTHER;
	}
}

int
wire_tag(struct ibuf *buf, uint16_t vlan)
{
	size_t addrs = 2 * sizeof(struct mac), len = ibuf_len(buf);

	if (vlan == 0)
		return 0;
	if (len < addrs || ibuf_add_zero(buf, 4) == -1)
		return -1;
	memmove(buf->data + addrs + 4, buf->data + addrs, len - addrs);
	(void)ibuf_set_n16(buf, addrs, ETHERTYPE_VLAN);
	(void)ibuf_set_n16(buf, addrs + 2, vlan);
	return 0;
}
