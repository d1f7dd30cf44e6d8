/* SPDX-License-Identifier: ISC */
/*
 * Silent hosts: stations that no DHCP makes speak, when the daemon starts or a
 * wired port gets its carrier.  Each that should be somewhere and is nowhere is
 * asked once; what it answers is reported by the link layer.  Those that have
 * or had a lease are asked by their MAC address, the others by broadcast.
 */
#ifndef SROAMD_ROAM_SEEK_H
#define SROAMD_ROAM_SEEK_H

#include "common/monotime.h"

#define SEEK_MS		1000
#define SEEK_KNOWN	20	/* of an interface, in that time */
#define SEEK_NEW	1

struct core;
struct iface;

/* On this interface, from the first host on. */
void	seek_begin(struct core *, struct iface *, monotime_t now);
void	seek_all(struct core *, monotime_t now);
void	seek_timer(struct core *, monotime_t now);
#endif
