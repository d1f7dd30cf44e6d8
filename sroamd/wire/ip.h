/* SPDX-License-Identifier: ISC */
/*
 * Ethernet, IPv4, IPv6, UDP and ICMPv6 headers.  The get functions check a
 * header completely, remove it from the front of an ibuf, cut the ibuf to the
 * header's payload (Ethernet pads short frames), and return NULL, or what is
 * wrong.  The add functions append a header; wire_end_* fills in lengths and
 * checksums when all is written.
 */
#ifndef SROAMD_WIRE_IP_H
#define SROAMD_WIRE_IP_H

#include <stddef.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/ibuf.h"

#define WIRE_ETHER_LEN		14
#define WIRE_IP4_LEN		20	/* without options, as we send it */
#define WIRE_IP6_LEN		40
#define WIRE_UDP_LEN		8

#define WIRE_TYPE_IP4		0x0800
#define WIRE_TYPE_ARP		0x0806
#define WIRE_TYPE_IP6		0x86dd
#define WIRE_TYPE_TAG		0x8100	/* IEEE 802.1Q */

#define WIRE_PROTO_UDP		17
#define WIRE_PROTO_ICMP6	58

struct wire_ether {
	struct mac	dst, src;
	uint16_t	type;
};

struct wire_ip {
	struct addr	src, dst;
	uint8_t		proto;		/* IPv6: next header */
	uint8_t		hops;		/* TTL or hop limit */
	uint8_t		fragment;	/* 1: a fragment of an IPv4 datagram */
};

struct wire_udp {
	uint16_t	sport, dport;
};

/* Internet checksum (RFC 1071): add parts up, then fold to the final value. */
uint32_t	wire_sum(uint32_t sum, const void *, size_t);
uint16_t	wire_fold(uint32_t sum);

/*
 * Remove a tag with a priority alone (VID 0, IEEE 802.1Q 9.6), which is as
 * none; returns the length that the frame has then.
 */
size_t		 wire_untag(uint8_t *frame, size_t len);
const char	*wire_get_ether(struct ibuf *, struct wire_ether *);
const char	*wire_get_ip4(struct ibuf *, struct wire_ip *);
const char	*wire_get_ip6(struct ibuf *, struct wire_ip *);
const char	*wire_get_udp(struct ibuf *, const struct wire_ip *,
		    struct wire_udp *);
/* The checksum of the whole ICMPv6 message; removes nothing. */
const char	*wire_check_icmp6(const struct ibuf *, const struct wire_ip *);

int	wire_add_ether(struct ibuf *, const struct wire_ether *);
int	wire_add_ip4(struct ibuf *, const struct wire_ip *);
int	wire_add_ip6(struct ibuf *, const struct wire_ip *);
int	wire_add_udp(struct ibuf *, const struct wire_udp *);
/* For frames that wire_add_ether began: 0, or -1: too long. */
int	wire_end_udp4(struct ibuf *);
int	wire_end_icmp6(struct ibuf *);
int	wire_end_udp6(struct ibuf *);
/* Write the checksum of a frame with IPv6 and UDP: 0, or -1: no such frame. */
int	wire_sum_udp6(void *frame, size_t len);
/* A domain name in the form of RFC 1035 3.1, not compressed: 0, or -1. */
int	wire_add_domain(struct ibuf *, const char *);

extern const struct mac wire_broadcast;
#endif
