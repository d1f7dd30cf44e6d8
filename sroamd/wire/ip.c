/* SPDX-License-Identifier: ISC */
/* Ethernet, IPv4, IPv6 and UDP headers, with their checksums. */
#include <string.h>

#include "wire/ip.h"

#define IP4_MORE	0x2000
#define IP4_DONT	0x4000
#define IP4_OFFSET	0x1fff

#define TAG_LEN		4
#define VID_BITS	0x0fff

/* Offsets in a frame that wire_add_* made. */
#define AT_IP		WIRE_ETHER_LEN
#define AT_UDP		(AT_IP + WIRE_IP4_LEN)
#define AT_ICMP6	(AT_IP + WIRE_IP6_LEN)
#define AT_UDP6		(AT_IP + WIRE_IP6_LEN)

static int	get_v4(struct ibuf *, struct addr *);
static void	cut(struct ibuf *, size_t);
static uint32_t	pseudo_sum(const struct wire_ip *, size_t);
static uint32_t	v6_sum(const struct ibuf *);

const struct mac wire_broadcast = {
	{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }
};

/* All parts but the last must have an even length. */
uint32_t
wire_sum(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *o = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		sum += o[i] << 8 | o[i + 1];
	if (i < len)
		sum += o[i] << 8;
	return sum;
}

uint16_t
wire_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

size_t
wire_untag(uint8_t *frame, size_t len)
{
	const size_t at = WIRE_ETHER_LEN - 2;
	const uint8_t *tag = frame + at;

	if (len < WIRE_ETHER_LEN + TAG_LEN ||
	    (tag[0] << 8 | tag[1]) != WIRE_TYPE_TAG ||
	    ((tag[2] << 8 | tag[3]) & VID_BITS) != 0)
		return len;
	memmove(frame + at, frame + at + TAG_LEN, len - at - TAG_LEN);
	return len - TAG_LEN;
}

const char *
wire_get_ether(struct ibuf *buf, struct wire_ether *ether)
{
	if (ibuf_get(buf, &ether->dst, sizeof(ether->dst)) == -1 ||
	    ibuf_get(buf, &ether->src, sizeof(ether->src)) == -1 ||
	    ibuf_get_n16(buf, &ether->type) == -1)
		return "short Ethernet header";
	if (!mac_is_station(&ether->src))
		return "Ethernet source is not unicast";
	return NULL;
}

const char *
wire_get_ip4(struct ibuf *buf, struct wire_ip *ip)
{
	const uint8_t *start = ibuf_peek(buf);
	uint16_t total, offset;
	uint8_t version;
	size_t hlen;

	if (ibuf_left(buf) < WIRE_IP4_LEN)
		return "short IPv4 header";
	ibuf_get_n8(buf, &version);
	hlen = (version & 0x0f) * 4;
	if (version >> 4 != 4 || hlen < WIRE_IP4_LEN)
		return "bad IPv4 version or header length";
	ibuf_skip(buf, 1);
	ibuf_get_n16(buf, &total);
	if (total < hlen || (size_t)total - 4 > ibuf_left(buf))
		return "bad IPv4 total length";
	if (wire_fold(wire_sum(0, start, hlen)) != 0)
		return "bad IPv4 header checksum";
	ibuf_skip(buf, 2);
	ibuf_get_n16(buf, &offset);
	ibuf_get_n8(buf, &ip->hops);
	ibuf_get_n8(buf, &ip->proto);
	ibuf_skip(buf, 2);
	get_v4(buf, &ip->src);
	get_v4(buf, &ip->dst);
	ibuf_skip(buf, hlen - WIRE_IP4_LEN);
	cut(buf, total - hlen);
	ip->fragment = (offset & (IP4_MORE | IP4_OFFSET)) != 0;
	return NULL;
}

/*
 * An IPv4-mapped address is not valid in an IPv6 header, and the rest of the
 * program would take it for IPv4.
 */
const char *
wire_get_ip6(struct ibuf *buf, struct wire_ip *ip)
{
	uint8_t version;
	uint16_t length;

	if (ibuf_left(buf) < WIRE_IP6_LEN)
		return "short IPv6 header";
	ibuf_get_n8(buf, &version);
	if (version >> 4 != 6)
		return "bad IPv6 version";
	ibuf_skip(buf, 3);
	ibuf_get_n16(buf, &length);
	ibuf_get_n8(buf, &ip->proto);
	ibuf_get_n8(buf, &ip->hops);
	ibuf_get(buf, &ip->src, sizeof(ip->src));
	ibuf_get(buf, &ip->dst, sizeof(ip->dst));
	if (length > ibuf_left(buf))
		return "bad IPv6 payload length";
	if (addr_is_v4(&ip->src) || addr_is_v4(&ip->dst))
		return "IPv4-mapped address in IPv6 header";
	if (addr_is_multicast(&ip->src))
		return "IPv6 source is multicast";
	cut(buf, length);
	ip->fragment = 0;
	return NULL;
}

/*
 * A checksum of 0 means none (RFC 768).  On a virtual link the kernel leaves
 * the checksum to hardware that there is not: the field holds the sum of the
 * pseudo-header alone, which is accepted like none.
 */
const char *
wire_get_udp(struct ibuf *buf, const struct wire_ip *ip, struct wire_udp *udp)
{
	const uint8_t *start = ibuf_peek(buf);
	uint16_t length, sum, partial;
	uint32_t pseudo;

	if (ip->fragment)
		return "fragment";
	if (ibuf_get_n16(buf, &udp->sport) == -1 ||
	    ibuf_get_n16(buf, &udp->dport) == -1 ||
	    ibuf_get_n16(buf, &length) == -1 ||
	    ibuf_get_n16(buf, &sum) == -1)
		return "short UDP header";
	if (length < WIRE_UDP_LEN || (size_t)length - WIRE_UDP_LEN >
	    ibuf_left(buf))
		return "bad UDP length";
	pseudo = pseudo_sum(ip, length);
	partial = ~wire_fold(pseudo);
	if (sum != 0 && sum != partial &&
	    wire_fold(wire_sum(pseudo, start, length)) != 0)
		return "bad UDP checksum";
	cut(buf, length - WIRE_UDP_LEN);
	return NULL;
}

const char *
wire_check_icmp6(const struct ibuf *buf, const struct wire_ip *ip)
{
	size_t len = ibuf_left(buf);

	if (wire_fold(wire_sum(pseudo_sum(ip, len), ibuf_peek(buf), len)) != 0)
		return "bad ICMPv6 checksum";
	return NULL;
}

int
wire_add_ether(struct ibuf *buf, const struct wire_ether *ether)
{
	if (ibuf_room(buf) < WIRE_ETHER_LEN)
		return -1;
	ibuf_add(buf, &ether->dst, sizeof(ether->dst));
	ibuf_add(buf, &ether->src, sizeof(ether->src));
	return ibuf_add_n16(buf, ether->type);
}

/* Never fragmented, so without identification (RFC 6864). */
int
wire_add_ip4(struct ibuf *buf, const struct wire_ip *ip)
{
	if (ibuf_room(buf) < WIRE_IP4_LEN)
		return -1;
	ibuf_add_n8(buf, 4 << 4 | WIRE_IP4_LEN / 4);
	ibuf_add_zero(buf, 1 + 2 + 2);
	ibuf_add_n16(buf, IP4_DONT);
	ibuf_add_n8(buf, ip->hops);
	ibuf_add_n8(buf, ip->proto);
	ibuf_add_zero(buf, 2);
	ibuf_add(buf, addr_v4(&ip->src), 4);
	return ibuf_add(buf, addr_v4(&ip->dst), 4);
}

int
wire_add_ip6(struct ibuf *buf, const struct wire_ip *ip)
{
	if (ibuf_room(buf) < WIRE_IP6_LEN)
		return -1;
	ibuf_add_n32(buf, 6U << 28);
	ibuf_add_zero(buf, 2);
	ibuf_add_n8(buf, ip->proto);
	ibuf_add_n8(buf, ip->hops);
	ibuf_add(buf, &ip->src, sizeof(ip->src));
	return ibuf_add(buf, &ip->dst, sizeof(ip->dst));
}

int
wire_add_udp(struct ibuf *buf, const struct wire_udp *udp)
{
	if (ibuf_room(buf) < WIRE_UDP_LEN)
		return -1;
	ibuf_add_n16(buf, udp->sport);
	ibuf_add_n16(buf, udp->dport);
	return ibuf_add_zero(buf, 4);
}

int
wire_end_udp4(struct ibuf *buf)
{
	size_t len = ibuf_len(buf), datagram;
	uint32_t sum;
	uint16_t folded;

	if (len < AT_UDP + WIRE_UDP_LEN || len - AT_IP > UINT16_MAX)
		return -1;
	datagram = len - AT_UDP;
	ibuf_set_n16(buf, AT_IP + 2, len - AT_IP);
	ibuf_set_n16(buf, AT_IP + 10,
	    wire_fold(wire_sum(0, buf->data + AT_IP, WIRE_IP4_LEN)));
	ibuf_set_n16(buf, AT_UDP + 4, datagram);
	sum = wire_sum(WIRE_PROTO_UDP + datagram, buf->data + AT_IP + 12, 8);
	folded = wire_fold(wire_sum(sum, buf->data + AT_UDP, datagram));
	/* RFC 768: zero would mean: no checksum. */
	return ibuf_set_n16(buf, AT_UDP + 6, folded == 0 ? 0xffff : folded);
}

int
wire_end_icmp6(struct ibuf *buf)
{
	size_t len = ibuf_len(buf);

	if (len < AT_ICMP6 + 4 || len - AT_ICMP6 > UINT16_MAX)
		return -1;
	ibuf_set_n16(buf, AT_IP + 4, len - AT_ICMP6);
	return ibuf_set_n16(buf, AT_ICMP6 + 2, wire_fold(v6_sum(buf)));
}

int
wire_end_udp6(struct ibuf *buf)
{
	size_t len = ibuf_len(buf), datagram;
	uint32_t sum;
	uint16_t folded;

	if (len < AT_UDP6 + WIRE_UDP_LEN || len - AT_UDP6 > UINT16_MAX)
		return -1;
	datagram = len - AT_UDP6;
	ibuf_set_n16(buf, AT_IP + 4, datagram);
	ibuf_set_n16(buf, AT_UDP6 + 4, datagram);
	sum = wire_sum(WIRE_PROTO_UDP + datagram, buf->data + AT_IP + 8, 32);
	folded = wire_fold(wire_sum(sum, buf->data + AT_UDP6, datagram));
	/* RFC 8200 8.1: zero is not allowed. */
	return ibuf_set_n16(buf, AT_UDP6 + 6, folded == 0 ? 0xffff : folded);
}

int
wire_sum_udp6(void *frame, size_t len)
{
	uint8_t *p = frame;
	struct ibuf buf;
	size_t datagram;

	if (len < AT_UDP6 + WIRE_UDP_LEN ||
	    (p[12] << 8 | p[13]) != WIRE_TYPE_IP6 ||
	    p[AT_IP + 6] != WIRE_PROTO_UDP)
		return -1;
	datagram = (size_t)p[AT_IP + 4] << 8 | p[AT_IP + 5];
	if (datagram < WIRE_UDP_LEN || AT_UDP6 + datagram > len)
		return -1;
	p[AT_UDP6 + 6] = p[AT_UDP6 + 7] = 0;
	ibuf_to(&buf, p, AT_UDP6 + datagram);
	buf.wpos = buf.max;
	return wire_end_udp6(&buf);
}

int
wire_add_domain(struct ibuf *buf, const char *name)
{
	size_t len;

	for (; *name != '\0'; name += len) {
		len = strcspn(name, ".");
		if (len == 0 || len > 63 || ibuf_add_n8(buf, len) == -1 ||
		    ibuf_add(buf, name, len) == -1)
			return -1;
		if (name[len] == '.')
			name++;
	}
	return ibuf_add_n8(buf, 0);
}

/* 0.0.0.0 is how IPv4 writes "none". */
static int
get_v4(struct ibuf *buf, struct addr *addr)
{
	static const uint8_t zero[4];
	uint8_t v4[4];

	if (ibuf_get(buf, v4, sizeof(v4)) == -1)
		return -1;
	if (memcmp(v4, zero, sizeof(v4)) == 0)
		*addr = addr_none;
	else
		addr_from_v4(addr, v4);
	return 0;
}

/* Octets behind the next len are Ethernet's padding. */
static void
cut(struct ibuf *buf, size_t len)
{
	buf->wpos = buf->rpos + len;
}

/*
 * The sum of the pseudo-header, for both families.  The prefix of an
 * IPv4-mapped address adds 0xffff, which is zero in ones' complement.
 */
static uint32_t
pseudo_sum(const struct wire_ip *ip, size_t len)
{
	uint32_t sum = ip->proto + (len & 0xffff) + (len >> 16);

	sum = wire_sum(sum, &ip->src, sizeof(ip->src));
	return wire_sum(sum, &ip->dst, sizeof(ip->dst));
}

static uint32_t
v6_sum(const struct ibuf *buf)
{
	size_t len = ibuf_len(buf) - AT_ICMP6;
	uint32_t sum = WIRE_PROTO_ICMP6 + len;

	sum = wire_sum(sum, buf->data + AT_IP + 8, 32);
	return wire_sum(sum, buf->data + AT_ICMP6, len);
}
