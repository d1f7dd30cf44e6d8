/* SPDX-License-Identifier: ISC */
/*
 * The sockets that receive frames of stations.  The parent opens them, sets and
 * locks their filters, and hands them to the frontend.
 */
#ifndef SROAMD_SOCK_H
#define SROAMD_SOCK_H

#include <stdint.h>

#include "msg.h"

/*
 * A packet socket on an interface.  It receives what stations send to routers:
 * DHCP and DHCPv6, and what a server among them answers; or ARP, router and
 * neighbour solicitations and advertisements; not what we send.  -1 and errno.
 */
int	sock_packet_open(uint32_t ifindex, enum link_socket kind);

/*
 * A packet socket on the interface of an access point.  It receives only the
 * LLC XID frames that mac80211 injects in the name of a station when the
 * station may send and receive.  -1 and errno.
 */
int	sock_xid_open(uint32_t ifindex);

/*
 * The kernel answers datagrams to a port without a socket by ICMP port
 * unreachable, and some clients give up then.  This socket holds the DHCP
 * server port and drops what arrives; the packet sockets see it first.  Keep it
 * open and read nothing.  -1 and errno, worth a warning only.
 */
int	sock_dhcp_port(void);

/* Put the filter of sock_packet_open on a socket and lock it there. */
int	sock_filter_attach(int fd, enum link_socket kind);
#endif
