/* SPDX-License-Identifier: ISC */
/*
 * The sockets on which stations are heard and answered.  The parent opens
 * them, filters them, locks the filter, and hands them to the frontend.
 */
#ifndef SROAMD_SOCK_H
#define SROAMD_SOCK_H

#include <stdint.h>

#include "msg.h"

/*
 * A packet socket on one interface that receives what stations send to
 * routers: requests of DHCP and DHCPv6, or ARP, router and neighbour
 * solicitations and neighbour advertisements; not what we send.  -1 with
 * errno.
 */
int	sock_packet_open(uint32_t ifindex, enum link_socket kind);

/*
 * A packet socket on an access point's interface that receives nothing but
 * the LLC XID frames that mac80211 injects, in the name of a station, when
 * the station may send and receive.  -1 with errno.
 */
int	sock_xid_open(uint32_t ifindex);

/*
 * The kernel answers datagrams to a port that nobody holds with ICMP port
 * unreachable, and some clients believe that.  This holds the DHCP server
 * port and drops what arrives; the packet sockets see it first.  Keep it
 * open; there is nothing to read.  -1 with errno, worth a warning only.
 */
int	sock_dhcp_port(void);

/* Put the filter of sock_packet_open on a socket and lock it there. */
int	sock_filter_attach(int fd, enum link_socket kind);
#endif
