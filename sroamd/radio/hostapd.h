/* SPDX-License-Identifier: ISC */
/*
 * Attached to hostapd: what it says of its stations, and the one thing it is
 * asked to do.  hostapd may be absent, restarted or wedged at any time; it is
 * attached to again whenever it is there.
 */
#ifndef SROAMD_HOSTAPD_H
#define SROAMD_HOSTAPD_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"

struct event_base;
struct hostapd;

struct hostapd_ops {
	void	(*station)(void *arg, uint32_t ifindex, const struct mac *,
		    bool connected);
	/* Attached, or not any more: what happens then is not heard. */
	void	(*attached)(void *arg, uint32_t ifindex, bool);
	void	 *arg;
};

struct hostapd	*hostapd_new(struct event_base *, const struct hostapd_ops *);
void		 hostapd_free(struct hostapd *);
/*
 * Where it is: a directory with a socket of each interface, its global
 * socket, or nowhere (an empty path).
 */
void		 hostapd_path(struct hostapd *, const char *);
/* An access point whose stations matter; hostapd_forget: not any more. */
void		 hostapd_watch(struct hostapd *, const char *ifname,
		    uint32_t ifindex);
void		 hostapd_forget(struct hostapd *, const char *ifname);
/* Something happened to the access point: see now what hostapd is doing. */
void		 hostapd_look(struct hostapd *);
/* 0, or -1: not attached there.  silent: the station is not told. */
int		 hostapd_drop(struct hostapd *, const char *ifname,
		    const struct mac *, bool silent);
#endif
