/* SPDX-License-Identifier: ISC */
/*
 * hostapd's control interface: datagrams of text on AF_UNIX sockets, commands
 * and their answers, and between these events, each line behind its level in
 * angle brackets (hostapd's src/common/wpa_ctrl.h names them all).
 */
#ifndef SROAMD_WIRE_HOSTAPD_H
#define SROAMD_WIRE_HOSTAPD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/addr.h"

#define HOSTAPD_TEXT	4096	/* the longest datagram that is read */
#define HOSTAPD_COMMAND	96	/* the longest command */

enum hostapd_kind {
	HOSTAPD_OTHER,		/* ignored, or not understood */
	HOSTAPD_OK,		/* answers */
	HOSTAPD_FAIL,
	HOSTAPD_PONG,
	HOSTAPD_CONNECTED,	/* with mac */
	HOSTAPD_DISCONNECTED,	/* with mac */
	HOSTAPD_ENABLED,	/* the access point works */
	HOSTAPD_TERMINATING
};

struct hostapd_message {
	enum hostapd_kind	kind;
	/* of the line; empty: the socket's own */
	char			ifname[16];
	struct mac		mac;
};

/* A datagram, which need not be NUL-terminated. */
void	wire_hostapd_parse(const char *, size_t, struct hostapd_message *);
/*
 * The command that makes hostapd and the kernel drop a station.  silent: no
 * frame on the air, as the station is elsewhere.  ifname: of a global socket,
 * else NULL.
 */
void	wire_hostapd_drop(char out[HOSTAPD_COMMAND], const char *ifname,
	    const struct mac *, bool silent);
#endif
