/* SPDX-License-Identifier: ISC */
/* The engine process: common to its files. */
#ifndef SROAMD_ENGINE_H
#define SROAMD_ENGINE_H

#include "core/core.h"
#include "engine/session/session.h"
#include "ipc/ipc.h"
#include "ipc/pipe.h"

struct child;
struct engine;
struct event_base;
struct engine_ctl;
struct monitor;

/* engine.c: the channel to the parent, and the store. */
struct engine	*engine_new(struct child *);
/* The files that it may write, max at most: how many. */
size_t		 engine_files(const struct engine *, int *fds, size_t max);
void		 engine_free(struct engine *);

/*
 * ctl.c: answers to sroamctl, sent through the frontend as fast as it takes
 * them.
 */
struct engine_ctl	*engine_ctl_new(struct event_base *, struct core *,
			    struct sessions *, struct monitor *);
void			 engine_ctl_free(struct engine_ctl *);
void			 engine_ctl_request(struct engine_ctl *, struct pipe *,
			    uint32_t client, const struct ipc_ctl *);
/* The frontend is gone. */
void			 engine_ctl_gone(struct engine_ctl *);
/* For a request before there is a configuration. */
void			 engine_ctl_early(struct pipe *, uint32_t client);
void			 engine_ctl_more(struct engine_ctl *, struct pipe *,
			    uint32_t client, uint32_t records);
void			 engine_ctl_resume(struct engine_ctl *, struct pipe *);
#endif
