/* SPDX-License-Identifier: ISC */
/*
 * A DHCPv4 frame of fixed size, for the load generator and the null responder:
 * all that varies is at a known offset.
 */
#ifndef REGRESS_BENCH_BOOTP_H
#define REGRESS_BENCH_BOOTP_H

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#define BOOTP_COOKIE	0x63825363
/* of octets: 308 in all, RFC 1542 2.1 */
#define BOOTP_OPTIONS	68

enum {
	BOOTP_DISCOVER = 1,
	BOOTP_OFFER,
	BOOTP_REQUEST,
	BOOTP_DECLINE,
	BOOTP_ACK,
	BOOTP_NAK
};

struct bootp {
	uint8_t		dst[6], src[6];
	uint16_t	ethertype;
	/* IPv4 */
	uint8_t		version, tos;
	uint16_t	length, id, offset;
	uint8_t		ttl, protocol;
	uint16_t	checksum;
	uint32_t	ip_src, ip_dst;
	/* UDP, without a checksum */
	uint16_t	sport, dport, udp_length, udp_checksum;
	/* RFC 2131 2 */
	uint8_t		op, htype, hlen, hops;
	uint32_t	xid;
	uint16_t	secs, flags;
	uint32_t	ciaddr, yiaddr, siaddr, giaddr;
	uint8_t		chaddr[16];
	uint8_t		sname[64], file[128];
	uint32_t	cookie;
	uint8_t		options[BOOTP_OPTIONS];
} __attribute__((packed));

#define BOOTP_MIN	(sizeof(struct bootp) - BOOTP_OPTIONS)

static inline void
bootp_checksum(struct bootp *b)
{
	uint16_t words[10];
	uint32_t sum = 0;
	int i;

	b->checksum = 0;
	memcpy(words, &b->version, sizeof(words));
	for (i = 0; i < 10; i++)
		sum += words[i];
	sum = (sum & 0xffff) + (sum >> 16);
	b->checksum = (uint16_t)~(sum + (sum >> 16));
}

static inline void
bootp_init(struct bootp *b, uint8_t op, uint16_t sport, uint16_t dport)
{
	memset(b, 0, sizeof(*b));
	b->ethertype = htons(0x0800);
	b->version = 0x45;
	b->length = htons(sizeof(*b) - 14);
	b->ttl = 64;
	b->protocol = 17;
	b->sport = htons(sport);
	b->dport = htons(dport);
	b->udp_length = htons(sizeof(*b) - 34);
	b->op = op;
	b->htype = 1;
	b->hlen = 6;
	b->cookie = htonl(BOOTP_COOKIE);
}

/* Find an option; its body and length, or NULL. */
static inline const uint8_t *
bootp_option(const struct bootp *b, size_t framelen, uint8_t code,
    uint8_t *len)
{
	const uint8_t *p = b->options;
	const uint8_t *end = (const uint8_t *)b + framelen;

	while (p < end && *p != 255) {
		if (*p == 0) {
			p++;
			continue;
		}
		if (end - p < 2 || end - p < 2 + p[1])
			return NULL;
		if (*p == code) {
			*len = p[1];
			return p + 2;
		}
		p += 2 + p[1];
	}
	return NULL;
}

/* 0 if the frame is no DHCP message to this port. */
static inline int
bootp_type(const struct bootp *b, size_t framelen, uint16_t dport)
{
	const uint8_t *type;
	uint8_t len;

	if (framelen < BOOTP_MIN || b->ethertype != htons(0x0800) ||
	    b->version != 0x45 || b->protocol != 17 ||
	    b->dport != htons(dport) || b->cookie != htonl(BOOTP_COOKIE))
		return 0;
	type = bootp_option(b, framelen, 53, &len);
	return type != NULL && len == 1 ? *type : 0;
}
#endif
