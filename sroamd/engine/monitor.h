/* SPDX-License-Identifier: ISC */
/*
 * What happens, told to the listeners of the control socket (sroamctl monitor):
 * first how things are, then what changes.  All of them get the same events;
 * the frontend chooses for each.  Nothing waits for them: where there is no
 * room events are dropped, and counted in the next one.
 */
#ifndef SROAMD_MONITOR_H
#define SROAMD_MONITOR_H

#include <stdbool.h>

#include "common/ctl.h"

struct core;
struct monitor;
struct pipe;
struct sessions;

/* NULL: no memory. */
struct monitor	*monitor_new(struct core *, struct sessions *);
void		 monitor_free(struct monitor *);
/* Whether anybody listens. */
void		 monitor_listen(struct monitor *, bool);
/* Something happened; pipe: to the frontend, or NULL. */
void		 monitor_tell(struct monitor *, struct pipe *,
		    const struct ctl_event *);
/* The same with a text, of something that is about nothing else. */
void		 monitor_say(struct monitor *, struct pipe *,
		    enum ctl_event_type, const char *);
/* The pipe has room again. */
void		 monitor_resume(struct monitor *, struct pipe *);
/* How things are, a struct ctl_event each (struct listing_kind). */
int		 monitor_next(struct monitor *, struct ctl_cursor *,
		    struct ctl_event *);
#endif
