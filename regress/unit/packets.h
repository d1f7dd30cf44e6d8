/* SPDX-License-Identifier: ISC */
/*
 * Whole frames as hexadecimal text, with checksums that were not computed by
 * the code under test, and frames made around a message.  The station is
 * 02:00:00:00:00:07, the gateway 02:00:5e:00:53:44, 192.168.44.1 and fe80::44.
 */
#ifndef UNIT_PACKETS_H
#define UNIT_PACKETS_H

#include "common/ibuf.h"
#include "msg.h"
#include "wire/ip.h"

#define PACKET_STATION	"02:00:00:00:00:07"
#define PACKET_GATEWAY	"02:00:5e:00:53:44"

extern const char packet_discover[];
extern const char packet_offer[];
extern const char packet_nak[];
extern const char packet_rs[];
extern const char packet_rs_bare[];
extern const char packet_rs_unspecified[];
extern const char packet_ra[];
extern const char packet_ra_unicast[];
extern const char packet_na_ours[];
extern const char packet_ns_ours[];
extern const char packet_na[];
extern const char packet_ns[];
extern const char packet_ns_dad[];
extern const char packet_na_gateway[];
extern const char packet_ns_dad_gateway[];

/* The gateway's link, number 5. */
struct link	packet_link(void);
/*
 * A frame of the station with this message (hex) and right checksums: ICMPv6,
 * or UDP with these ports.  Returns its octets.
 */
size_t		packet_ip6(uint8_t *frame, size_t max, const char *src,
		    const char *dst, uint8_t hops, const struct wire_udp *,
		    const char *message);
/* The built frame is equal to this text, octet by octet. */
void		packet_is(const struct ibuf *, const void *built,
		    const char *text);
#endif
