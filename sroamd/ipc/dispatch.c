/* SPDX-License-Identifier: ISC */
/* A message is given to its handler. */
#include "common/log.h"
#include "ipc/dispatch.h"
#include "ipc/rows.h"

void
ipc_dispatch(ipc_handler *const table[], bool ready, void *arg,
    const struct imsg *imsg, enum proc_id from)
{
	if (table[imsg->type] == NULL)
		fatalx("%s from %s: not expected", ipc_name(imsg->type),
		    proc_name(from));
	if (!ready && !ipc_message(imsg->type)->early)
		fatalx("%s from %s: too early", ipc_name(imsg->type),
		    proc_name(from));
	table[imsg->type](arg, imsg);
}
