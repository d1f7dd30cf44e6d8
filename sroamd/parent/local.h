/* SPDX-License-Identifier: ISC */
/* Common to the files of the parent; not for other rooms. */
#ifndef SROAMD_PARENT_LOCAL_H
#define SROAMD_PARENT_LOCAL_H

#include <sys/queue.h>
#include <sys/types.h>

#include "common/bucket.h"
#include "common/ratelimit.h"
#include "ipc/listing.h"
#include "ipc/pipe.h"
#include "kernel/kernel.h"
#include "parent/discoversock.h"
#include "parent/killswitch.h"
#include "parent/logsink.h"
#include "parent/parent.h"
#include "parent/peersock.h"

#define CHILDREN	4	/* engine, frontend, resolver, signer */
#define WORKERS		2	/* engine and frontend */
#define READY_TIMEOUT	30	/* s for a child to answer */
#define STOP_TIMEOUT	3	/* s for the children to end */

struct process {
	struct parent		*parent;
	enum proc_id		 id;
	pid_t			 pid;
	struct pipe		*pipe;		/* NULL once closed */
	bool			 reaped;
	/* reaped and closed: all was read */
	bool			 gone;
	/* has to answer a configuration */
	bool			 owes_ready;
	int			 status;
	struct bucket		 lines;		/* of its log */
	struct bucket		 last_lines;	/* the critical ones */
	struct ratelimit	 said;		/* that it logs too much */
	struct killswitch	 killswitch;
	/* of the watchdog */
	struct event		*alive;		/* NULL: it is not asked */
	int			 alive_fd;
	bool			 was_alive;	/* has answered once */
	/* turns since asked; 0: answered */
	int			 silent;
	struct ratelimit	 late;		/* of lines about that */
};

enum parent_phase {
	PHASE_STARTING,			/* until the first COMMIT */
	PHASE_RUNNING,
	PHASE_STOPPING
};

/* The frontend's packet socket on an interface. */
struct packet_link {
	TAILQ_ENTRY(packet_link)	entry;
	char				name[16];
	uint32_t			ifindex;
	bool				missing;	/* must be sent again */
};

typedef void	watchdog_fn(struct parent *);

struct parent {
	struct event_base		*base;
	const struct parent_opts	*opts;
	struct conf			*conf;		/* in force */
	/* sent, not committed */
	struct conf			*staged;
	struct bucket			 requests;	/* that cost: ctl.c */
	/* a reload that waits */
	struct event			*due;
	uint32_t			 waits;		/* of this client */
	/* of the client that waits for it */
	bool				 has_client;
	uint32_t			 client;
	struct router_id		 self;	/* none: not known yet */
	/* until handed over */
	int				 identity_fd;
	int				 only_fd;	/* onlyone.h */
	struct event			*only;
	enum parent_phase		 phase;
	bool				 failed;
	int				 verbose;
	struct process			 children[CHILDREN];
	struct logsink			*log;
	struct kernel			*kernel;
	struct peersock			*peersock;
	struct discoversock		*discoversock;
	/* the store's folder, or empty */
	char				 store[CONF_PATH + 8];
	struct footprint		*footprint;	/* as it is on disk */
	int				 control_fd;	/* until handed over */
	int				 dhcp_fd;
	struct event			*deadline;
	struct event			*signals[4];
	struct event			*watchdog;
	/* all children have answered it */
	watchdog_fn			*alive;
	TAILQ_HEAD(, packet_link)	 links;
	/* for those that lack a socket */
	struct event			*again;
	struct listings			*listings;	/* of routes */
};

/* children.c */
struct process	*parent_child(struct parent *, enum proc_id);
/* both run */
bool		 parent_complete(const struct parent *);
void		 parent_send(struct parent *, enum proc_id, uint32_t type,
		    const void *, size_t);
void		 parent_send_all(struct parent *, uint32_t type, const void *,
		    size_t);
void		 parent_verbose(struct parent *, int level);
void		 parent_stop(struct parent *, bool failed);
/* The same, at the start; logs errors, like before there were children. */
void		 parent_start_failed(struct parent *, const char *why);
void		 parent_deadline(struct parent *, int seconds);	/* 0: none */
/* The last message of an answer; error: why it failed, or NULL. */
void		 parent_ctl_end(struct parent *, uint32_t client,
		    const char *error);
void		 parent_reap(struct parent *);	/* those that have ended */
/* It has ended, and all of its log lines have been read. */
void		 parent_child_ended(struct process *);

/* loglines.c */
void	parent_log_start(struct parent *);
/* A line of a child, which may log only so much. */
void	parent_log_child(struct process *, const struct ipc_log *);
void	parent_log_linger(void);	/* until lines that wait are written */
void	parent_log_end(struct parent *);

/* conf.c: from a parsed configuration to one in force. */
void	parent_conf_first(struct parent *);
void	parent_conf_stage(struct parent *, struct conf *);
void	parent_conf_ready(struct process *);
void	parent_conf_refused(struct process *, const struct ipc_refused *);
void	parent_conf_late(struct parent *);	/* no READY in time */
void	parent_conf_reload(struct parent *, const uint32_t *client);

/* watchdog.c: from the first COMMIT on; alive: once all have answered. */
void	watchdog_start(struct parent *, watchdog_fn *alive);
void	watchdog_stop(struct parent *);		/* also if it has not begun */

/* link.c: the frontend's packet sockets. */
int	parent_links_init(struct parent *);	/* -1: no memory */
void	parent_links_free(struct parent *);
void	parent_links_conf(struct parent *);	/* in force now */
void	parent_link(struct parent *, const struct link *);
/* A child did not get a descriptor that was sent to it. */
void	parent_fd_lost(struct parent *, const struct ipc_fd_lost *);

/* ctl.c: requests of sroamctl to the parent. */
int	parent_ctl_init(struct parent *);	/* -1: no memory */
void	parent_ctl_free(struct parent *);
void	parent_ctl(struct parent *, uint32_t client, const struct ipc_ctl *);
void	parent_ctl_more(struct parent *);	/* its pipe has room again */
/* A client may have so many records more, or (0) has left. */
void	parent_ctl_window(struct parent *, uint32_t client, uint32_t records);
#endif
