/* SPDX-License-Identifier: ISC */
/*
 * The stations of access points, and when one of them may send and receive:
 * decisions without a socket.
 *
 *	 authenticates            XID, hostapd, poll
 *	---------------> CANDIDATE -----------------> AUTHORISED
 *	                     |  ^    leaves, or hostapd's   |
 *	         leaves      v  +----- reports it left -----+
 *	                   (none)
 *
 * NEW_STATION comes with the first Authentication frame, which anybody can
 * send with any MAC address, before keys exist: it makes a candidate, never
 * more.  The kernel says that keys are there by an LLC XID frame in the
 * station's name; hostapd says so on its control socket; where neither does,
 * the station's flags are asked for now and then.
 *
 * One that protects its management frames and comes back to an access point
 * that still has its old association is authorised for the kernel before it
 * has proved anything: hostapd 2.10 adds it again with the old flags, and the
 * handshake follows.  So a pairwise key is asked for as well.
 */
#ifndef SROAMD_KERNEL_RADIO_H
#define SROAMD_KERNEL_RADIO_H

#include <stdbool.h>
#include <stdint.h>

#include "common/addr.h"
#include "common/monotime.h"
#include "msg.h"

struct radio;

/* The state of a station in the driver (NL80211_CMD_GET_STATION). */
struct radio_state {
	/* else it may be of a full-MAC driver */
	bool		has_flags;
	bool		authorised;
	bool		protects;	/* its management frames (802.11w) */
	bool		has_received, has_inactive;
	uint32_t	received;	/* frames from it; wraps */
	uint32_t	inactive;	/* ms since it was last heard */
	uint64_t	associated;	/* CLOCK_BOOTTIME, ns; 0: unknown */
};

/* None of these may call back into the table but by radio_state. */
struct radio_ops {
	/*
	 * Report a station at an access point.  associated: as in its state;
	 * SIGHTING_PRESENT only.
	 */
	void	(*report)(void *arg, uint32_t ifindex, const struct mac *,
		    enum sighting_kind, uint64_t associated);
	/* Get its state: true and the state, or false: there is none. */
	bool	(*ask)(void *arg, uint32_t ifindex, const struct mac *,
		    struct radio_state *);
	/* Whether it has a pairwise key; true, too, if that cannot be asked. */
	bool	(*keyed)(void *arg, uint32_t ifindex, const struct mac *);
	/*
	 * Where a station is that may send: at this access point, or at the
	 * interface of its VLAN, which is set; 0: nowhere.
	 */
	void	(*where)(void *arg, uint32_t *ifindex, const struct mac *);
	/*
	 * Send it a frame that it must acknowledge; radio_probed is the result.
	 */
	void	(*probe)(void *arg, uint32_t ifindex, const struct mac *);
	void	 *arg;
};

struct radio	*radio_new(const struct radio_ops *);
void		 radio_free(struct radio *);
/* When radio_tick must be called at the latest, and that call. */
monotime_t	 radio_due(const struct radio *);
void		 radio_tick(struct radio *, monotime_t now);

/* nl80211: it authenticates (NEW_STATION), it left (DEL_STATION). */
void	radio_appeared(struct radio *, uint32_t ifindex, const struct mac *,
	    monotime_t now);
void	radio_left(struct radio *, uint32_t ifindex, const struct mac *);
/* The kernel's XID frame in its name on the access point's interface. */
void	radio_authorised(struct radio *, uint32_t ifindex, const struct mac *,
	    monotime_t now);
/*
 * hostapd: AP-STA-CONNECTED, a moment before the kernel lets it send, or
 * EAPOL-4WAY-HS-COMPLETED, a moment after.
 */
void	radio_connected(struct radio *, uint32_t ifindex, const struct mac *,
	    monotime_t now);
/* hostapd: AP-STA-DISCONNECTED, up to seconds before DEL_STATION. */
void	radio_disconnected(struct radio *, uint32_t ifindex,
	    const struct mac *);
/* The result of PROBE_CLIENT. An acknowledgement proves nothing (radio.c). */
void	radio_probed(struct radio *, uint32_t ifindex, const struct mac *,
	    bool acknowledged);

/*
 * Is it still there?  Reports SIGHTING_ACTIVE if it sent frames since the last
 * such question, else probes: SIGHTING_NO_ACK may follow.
 */
void		 radio_check(struct radio *, uint32_t ifindex,
		    const struct mac *);

/*
 * Whether the entry of the kernel is stale, for a station that is probably
 * elsewhere: it sent nothing lately, so it is not on its way back.
 */
bool		 radio_is_stale(struct radio *, uint32_t ifindex,
		    const struct mac *);

/*
 * A dump of the stations of an access point: begin, each, end; stations that
 * are not in it are gone.  kind: SIGHTING_PRESENT at start, SIGHTING_JOINED
 * after lost events.
 */
void	radio_dump_begin(struct radio *, uint32_t ifindex);
void	radio_dump_each(struct radio *, uint32_t ifindex, const struct mac *,
	    const struct radio_state *, enum sighting_kind, monotime_t now);
void	radio_dump_end(struct radio *, uint32_t ifindex);
/* The access point is gone, with all its stations. */
void	radio_drop(struct radio *, uint32_t ifindex);

/* Whether any access point has this station, a candidate included. */
bool		radio_knows(const struct radio *, const struct mac *);
/* The access points at which it is: the n-th of them, or 0. */
uint32_t	radio_at(const struct radio *, const struct mac *,
		    unsigned int n);
uint64_t	radio_stations(const struct radio *, uint64_t *candidates);
uint64_t	radio_bytes(const struct radio *);
#endif
