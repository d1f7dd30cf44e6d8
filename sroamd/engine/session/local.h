/* SPDX-License-Identifier: ISC */
/* What the files of this room share, from the lower ones to the upper. */
#ifndef SROAMD_SESSION_LOCAL_H
#define SROAMD_SESSION_LOCAL_H

#include <sys/queue.h>
#include <sys/tree.h>

#include <event2/event.h>

#include "common/ratelimit.h"
#include "engine/session/session.h"
#include "engine/tls/tls.h"

struct bufferevent;
struct hello;
struct refusal;

/* A peer that is configured, or was discovered; with or without a session. */
struct target {
	RB_ENTRY(target)	 entry;
	LIST_ENTRY(target)	 spare;
	struct conf_peer	 conf;
	uint32_t		 number;	/* index in the config + 1 */
	/* link it was discovered on, or 0 */
	uint32_t		 ifindex;
	struct sessions		*all;
	struct session		*session;
	struct event		*retry;
	monotime_t		 retry_at;
	monotime_t		 since;
	monotime_t		 down;	/* time of the last session's end */
	int			 backoff;	/* ms */
	uint8_t			 state;		/* while there is no session */
	uint8_t			 keep;		/* in the new configuration */
	/* connected, but no session came */
	bool			 fruitless;
	struct router_id	 router;	/* of its last session */
	char			 name[CTL_NAME];	/* likewise */
	uint64_t		 run;		/* likewise; 0: none */
	uint64_t		 connects, failures;
	uint64_t		 cuts;		/* sessions that we closed */
	uint8_t			 brief;		/* of those, soon: watch.c */
	char			 error[64];
};

/* An address that has connections to us. */
struct source {
	RB_ENTRY(source)	entry;
	struct addr		addr;
	uint32_t		count;
};

/* What is next. */
enum session_stage {
	STAGE_SHAKES,		/* tls, and both handshakes */
	STAGE_SIGNS,		/* our hello is being signed */
	STAGE_GREETS,		/* the peer's hello */
	STAGE_UP,		/* updates, until one ends it */
	STAGE_REFUSED		/* the end: the peer is told why */
};

struct session {
	RB_ENTRY(session)	 entry;
	TAILQ_ENTRY(session)	 woken;
	TAILQ_ENTRY(session)	 greeting;	/* inbound, not up yet */
	struct sessions		*all;
	struct target		*target;	/* NULL: it connected to us */
	struct bufferevent	*bev;
	uint32_t		 id;
	struct addr		 addr;
	uint32_t		 ifindex;	/* of a link-local address */
	uint16_t		 port;
	uint8_t			 notls;
	uint8_t			 stage;		/* enum session_stage */
	bool			 extended, is_woken, is_greeting;
	/* not read: over its rate */
	bool			 limited;
	/* to be read: memory was refused */
	bool			 again;
	/* an update was lost for that */
	bool			 starved;
	bool			 secured;	/* by TLS, and that is done */
	bool			 greeted;	/* said hello */
	/* by a signature: it is this router */
	bool			 proven;
	bool			 is_refused;	/* by us, or by the peer */
	/* why it ends is in the log already */
	bool			 said_why;
	uint8_t			 refusal;	/* enum refusal_code */
	/* from a configured peer's address */
	bool			 known;
	struct router_id	 router;	/* of its hello */
	struct router_key	 key;
	uint64_t		 run;
	uint8_t			 exporter[TLS_EXPORT_LEN];
	struct tls_session	 tls;		/* unless notls */
	struct source		*source;	/* of an inbound session */
	monotime_t		 since;
	monotime_t		 heard, said;
	/* when it last read something */
	monotime_t		 moved;
	/* octets: written, read by it */
	uint64_t		 given, taken;
	/* TLVs that it may send now */
	int64_t			 tokens;
	uint64_t		 in, out, dropped, limits;
	struct ratelimit	 refused;	/* log lines about it */
};

struct auto_link;

RB_HEAD(target_tree, target);
RB_HEAD(session_tree, session);
RB_HEAD(source_tree, source);
TAILQ_HEAD(session_list, session);
TAILQ_HEAD(auto_links, auto_link);

struct sessions {
	struct event_base	*base;
	struct core		*core;
	struct core_self	 self;
	struct tls		*tls;
	struct sessions_ops	 ops;
	struct target_tree	 targets;
	LIST_HEAD(, target)	 spare_targets;	/* sessions_prepare's */
	struct auto_links	 spare_links;	/* likewise */
	struct session_tree	 sessions;
	struct source_tree	 sources;
	struct session_list	 woken, greeting;
	uint32_t		 last_id, count, ngreeting;
	uint32_t		 max, max_source, max_greeting, max_rate;
	uint32_t		 nconf_peers;
	bool			 prepared;	/* sessions_conf cannot fail */
	struct event		*tick;
	monotime_t		 ticked;
	struct ratelimits	 no_session;	/* lines about refused ones */
	uint32_t		 unlogged;	/* refused, without a line */
	uint64_t		 refused, failed;
	struct auto_links	 links;		/* with discovery */
	uint8_t			 discover_keys[CONF_PSKS][32];	/* ours first */
	uint32_t		 ndiscover_keys;
	uint64_t		 stamp;		/* of our last hello */
	struct sessions_stats	 stats;
	struct conf		*admits;	/* routers, of the config */
	struct conf		*staged_admits;	/* by admission_prepare */
	struct event		*parts;
	char			 warning[CTL_WARNING];	/* last logged */
};

#define RETRY_MIN_MS	1000

#define WHY_V1		"is of version 1: not a known router"

int	target_cmp(const struct target *, const struct target *);
int	session_cmp(const struct session *, const struct session *);
RB_PROTOTYPE(target_tree, target, entry, target_cmp)
int	source_cmp(const struct source *, const struct source *);
RB_PROTOTYPE(session_tree, session, entry, session_cmp)
RB_PROTOTYPE(source_tree, source, entry, source_cmp)

/* lookup.c */
struct session	*session_find(struct sessions *, uint32_t id);	/* or NULL */
/* Another session with the router that is up, or NULL. */
struct session	*session_of_router(struct sessions *, const struct router_id *,
		    const struct session *other_than);
/* The same, with this start of the router. */
struct session	*session_of_start(struct sessions *, const struct router_id *,
		    uint64_t run, const struct session *other_than);

/* limit.c */
struct source	*source_find(struct sessions *, const struct addr *);
/* The parent has closed it, and counted it. */
void		 limit_refused(struct sessions *, const struct ipc_peer *);
/* An inbound session begins, is up, or ends. */
int		 limit_begin(struct session *);	/* 0, or -1: no memory */
void		 limit_up(struct session *);
void		 limit_end(struct session *);
/*
 * A connection failed: a line in the log, at a limited rate.  why: NULL if the
 * log has it.
 */
void		 limit_failed(struct sessions *, const struct addr *,
		    const char *why);
/* One TLV was read: false if reading must pause. */
bool		 limit_take(struct session *);

/* target.c */
/* Whether there is a session with its router, by whichever connection. */
bool		 target_is_met(const struct target *);
/* A peer has connected to us: whose address its line names is this router. */
void		 target_met(const struct session *);
/* Its router's last name, which outlives what is known of the router. */
void		 target_learn_name(struct target *);
struct target	*target_find(struct sessions *, const struct ipc_peer *);
/* Of no configuration yet; NULL: no memory. */
struct target	*target_new(struct sessions *);
/* without the spare ones */
void		 targets_trim(struct sessions *);
/* Connect in so many ms. */
void		 target_wait(struct target *, int ms);
/* Targets that wait without a timer: it could not be set. */
void		 targets_watch(struct sessions *);
/* Its name in the log. */
const char	*target_text(const struct target *);
/* Its session has ended: connect again, soon or (quiet) when it is needed. */
void		 target_lost(struct target *, const struct session *,
		    const char *why, bool quiet);
void		 target_failed(struct target *, const char *why);

/* digest.c */
unsigned int	session_flags(const struct session *);
size_t		session_digest(struct session *, uint8_t *room, size_t);

/* stage.c */
/* Each knows the other: 0, or -1: no memory. */
int	session_begin(struct session *);
/* The same; false if it is closed. */
bool	session_up(struct session *);
void	session_send(struct session *, const void *, size_t);
/* It is no session any more, but is not closed yet. */
void	session_down(struct session *, const char *why);
/* quiet: no log line, and no need to connect again soon. */
void	session_close(struct session *, const char *why, bool quiet);

/* admission.c */
int	admission_prepare(struct sessions *, const struct conf *);
void	admission_abort(struct sessions *);
void	admission_commit(struct sessions *);
uint8_t	admission_refusal(const struct sessions *, const struct router_id *);
bool	admission_of_v1(const struct sessions *);

/* proof.c */
/* Whether the signature is of this session, by who has the role. */
bool		 proof_fits(const struct router_key *, enum sign_role,
		    const uint8_t exporter[TLS_EXPORT_LEN],
		    const struct router_signature *);

/* hello.c */
int	hello_begin(struct session *);
void	hello_signed(struct session *, const struct router_signature *);
/* False if it is closed. */
bool	hello_take(struct session *, const struct hello *);

/* refusal.c */
/* Tell the peer why, and close it soon. */
void		 session_refuse(struct session *, uint8_t code);
const char	*refusal_why(const struct session *);	/* for the log */
/* The peer refuses us: closes it. */
void		 refusal_take(struct session *, const struct refusal *);

/* session.c */
/* Read data that was left in the buffer. */
void	session_resume(struct session *);
/* Send what the core has for it. */
void	session_pump(struct session *);

/* peers.c */
/* A peer of the configuration; NULL: no memory, and none was prepared. */
struct target	*target_add(struct sessions *, const struct conf_peer *,
		    uint32_t number);
/* Connect to a neighbour, unless connected already. */
void		 target_found(struct sessions *, const struct conf_peer *,
		    uint32_t number, uint32_t ifindex,
		    const struct router_id *);
void		 target_free(struct target *);

/* auto.c */
int	auto_prepare(struct sessions *, const struct conf *);
void	auto_conf(struct sessions *, const struct conf *);
void	auto_watch(struct sessions *);
void	auto_trim(struct sessions *);		/* without the spare ones */
void	auto_free(struct sessions *);

/* watch.c */
int	watch_start(struct sessions *);	/* -1: no memory */
void	watch_stop(struct sessions *);
void	watch_go_on(struct sessions *);	/* for one that could not be set */

/* parts.c */
int	parts_start(struct sessions *);	/* -1: no memory */
void	parts_go_on(struct sessions *);
#endif
