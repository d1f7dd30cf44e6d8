/* SPDX-License-Identifier: ISC */
/* The engine process: what its files share. */
#ifndef SROAMD_ENGINE_H
#define SROAMD_ENGINE_H

#include "core/core.h"
#include "engine/session/session.h"
#include "ipc/ipc.h"
#include "ipc/pipe.h"

struct engine_ctl;

/*
 * ctl.c: answers to operators, sent through the frontend as fast as
 * it takes them.
 */
struct engine_ctl *engine_ctl_new(struct core *, struct sessions *);
void	 engine_ctl_free(struct engine_ctl *);
void	 engine_ctl_request(struct engine_ctl *, struct pipe *,
	    uint32_t client, const struct ipc_ctl *);
/* A request that comes before there is anything to show. */
void	 engine_ctl_early(struct pipe *, uint32_t client);
void	 engine_ctl_resume(struct engine_ctl *, struct pipe *);
#endif
