/* SPDX-License-Identifier: ISC */
/* The handlers of messages: a table by type, for each pipe of each process. */
#ifndef SROAMD_IPC_DISPATCH_H
#define SROAMD_IPC_DISPATCH_H

#include <stdbool.h>

#include "ipc/ipc.h"

/* imsg->data is the struct that ipc/rows.c names for the type. */
typedef void	ipc_handler(void *arg, const struct imsg *);

/*
 * Give a message that passed ipc_check to its handler.  Fatal if there is
 * none, or if the message may not come before we have a configuration.
 */
void	ipc_dispatch(ipc_handler *const table[], bool ready, void *arg,
	    const struct imsg *, enum proc_id from);
#endif
