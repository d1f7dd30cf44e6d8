/* SPDX-License-Identifier: ISC */
/* Who handles a message: a table by type, of each process for each pipe. */
#ifndef SROAMD_IPC_DISPATCH_H
#define SROAMD_IPC_DISPATCH_H

#include <stdbool.h>

#include "ipc/ipc.h"

/* imsg->data is the struct that ipc/rows.c names for the type. */
typedef void	ipc_handler(void *arg, const struct imsg *);

/*
 * Hand a message that ipc_check let pass to its handler.  One without, or one
 * that does not come early while we are not ready, is fatal.
 */
void	ipc_dispatch(ipc_handler *const table[], bool ready, void *arg,
	    const struct imsg *, enum proc_id from);
#endif
