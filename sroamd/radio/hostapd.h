/* SPDX-License-Identifier: ISC */
/*
 * The connection to hostapd: its events of stations, and the request to drop
 * one.  hostapd may be absent, restarted or hang at any time; we attach again
 * whenever it is there.
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
	/* Attached, or not any more: then events are lost. */
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
/* Attach to an access point; hostapd_forget: detach. */
void		 hostapd_watch(struct hostapd *, const char *ifname,
		    uint32_t ifindex);
void		 hostapd_forget(struct hostapd *, const char *ifname);
/* The access point has changed: see at once what hostapd does. */
void		 hostapd_look(struct hostapd *);
/* Drop a station: 0, or -1: not attached. silent: without a frame to it. */
int		 hostapd_drop(struct hostapd *, const char *ifname,
		    const struct mac *, bool silent);
#endif
