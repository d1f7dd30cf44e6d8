/* SPDX-License-Identifier: ISC */
/* nl80211 messages, built from and read into plain structs. */
#ifndef SROAMD_KERNEL_NL80211_H
#define SROAMD_KERNEL_NL80211_H

#include <linux/netlink.h>

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "radio/radio.h"

struct nl_msg;

enum nl80211_role {
	ROLE_NONE,		/* a client's, a monitor's, none of nl80211 */
	ROLE_AP,
	ROLE_AP_VLAN		/* of an access point, for some stations */
};

enum nl80211_kind {
	NL80211_OTHER,
	NL80211_INTERFACE,	/* what an interface is */
	NL80211_INTERFACE_GONE,
	NL80211_STATION,	/* one there is, or a new one */
	NL80211_STATION_GONE,
	NL80211_PROBED,
	NL80211_STARTED		/* an access point works, or not any more */
};

struct nl80211_news {
	enum nl80211_kind	kind;
	uint32_t		ifindex;
	uint32_t		wiphy;
	enum nl80211_role	role;		/* NL80211_INTERFACE */
	struct mac		mac;		/* of a station */
	struct radio_state	state;	/* NL80211_STATION */
	bool			acknowledged;	/* NL80211_PROBED */
};

/* The answer of the generic netlink controller about the family. */
struct nl80211_ids {
	uint16_t	family;		/* 0: this kernel has none, now */
	int		mlme, config;	/* multicast groups */
};

struct nl_msg	*nl80211_get_interface(uint16_t family, uint32_t ifindex);
struct nl_msg	*nl80211_get_station(uint16_t family, uint32_t ifindex,
		    const struct mac *);
/* id: 0, or 1 with Extended Key ID. */
struct nl_msg	*nl80211_get_key(uint16_t family, uint32_t ifindex,
		    const struct mac *, uint8_t id);
struct nl_msg	*nl80211_dump_interfaces(uint16_t family);
struct nl_msg	*nl80211_dump_stations(uint16_t family, uint32_t ifindex);
struct nl_msg	*nl80211_probe_client(uint16_t family, uint32_t ifindex,
		    const struct mac *);

/* 0, or -1: not of this family, or not readable. */
int	nl80211_read(struct nlmsghdr *, uint16_t family, struct nl80211_news *);
/* Ask for the family: 0, or -1 and errno. */
int	nl80211_resolve(struct nl80211_ids *);
#endif
