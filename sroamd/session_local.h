/* SPDX-License-Identifier: ISC */
/*
 * What session.c, the sessions themselves, and session_target.c, the peers
 * that we connect to, share.
 */
#ifndef SROAMD_SESSION_LOCAL_H
#define SROAMD_SESSION_LOCAL_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <event2/event.h>

#include "session.h"

struct bufferevent;

/* A peer that is configured, or was found; with or without a session. */
struct target {
	RB_ENTRY(target)	 entry;
	struct conf_peer	 conf;
	uint32_t		 number;	/* index in the config + 1 */
	uint32_t		 ifindex;	/* where it was found, or 0 */
	struct sessions		*all;
	struct session		*session;
	struct event		*retry;
	monotime_t		 retry_at;
	monotime_t		 since;
	monotime_t		 down;	/* since when without session */
	int			 backoff;	/* ms */
	uint8_t			 state;		/* while without session */
	uint8_t			 keep;		/* seen in the new config */
	struct router_id	 router;	/* that it was, last time */
	uint64_t		 connects, failures;
	char			 error[64];
};

struct session {
	RB_ENTRY(session)	 entry;
	TAILQ_ENTRY(session)	 woken;
	struct sessions		*all;
	struct target		*target;	/* NULL: it connected to us */
	struct bufferevent	*bev;
	uint32_t		 id;
	struct addr		 addr;
	uint32_t		 ifindex;	/* of a link-local address */
	uint16_t		 port;
	uint8_t			 notls;
	bool			 up, extended, is_woken;
	struct router_id	 router;	/* of its hello */
	monotime_t		 since;
	uint64_t		 in, out, dropped;
	monotime_t		 complained;
};

struct auto_link;

RB_HEAD(target_tree, target);
RB_HEAD(session_tree, session);
TAILQ_HEAD(session_list, session);
TAILQ_HEAD(auto_links, auto_link);

struct sessions {
	struct event_base	*base;
	struct core		*core;
	struct router_id	 self;
	struct sessions_ops	 ops;
	struct target_tree	 targets;
	struct session_tree	 sessions;
	struct session_list	 woken;
	uint32_t		 last_id, count, max;
	struct auto_links	 links;		/* where neighbours are */
	uint8_t			 beacon_key[32];
	uint64_t		 stamp;		/* of the last one sent */
	struct sessions_stats	 stats;
	struct event		*parts;
	char			 warning[CTL_WARNING];	/* said last */
};

int	 target_cmp(const struct target *, const struct target *);
int	 session_cmp(const struct session *, const struct session *);
RB_PROTOTYPE(target_tree, target, entry, target_cmp)
RB_PROTOTYPE(session_tree, session, entry, session_cmp)

/* session_target.c */
struct target *target_find(struct sessions *, const struct ipc_peer *);
/* Connect to a neighbour, unless we do. */
void	 target_found(struct sessions *, const struct conf_peer *,
	    uint32_t number, uint32_t ifindex, const struct router_id *);
/* What it is called in the log. */
const char *target_text(const struct target *);
/* Its session is over: try again, soon or (quiet) when there is need. */
void	 target_lost(struct target *, const struct session *, const char *why,
	    bool quiet);
void	 target_free(struct target *);

/* session_auto.c */
void	 auto_conf(struct sessions *, const struct conf *);
void	 auto_free(struct sessions *);

/* session_parts.c */
void	 parts_start(struct sessions *);

/* session.c */
void	 session_close(struct session *, const char *why, bool quiet);
/* A session that is up with the router, other than this one, or NULL. */
struct session *session_of_router(struct sessions *,
	    const struct router_id *, const struct session *other_than);
#endif
