/* SPDX-License-Identifier: ISC */
/*
 * A description of each message: its name, who may send it to whom and when,
 * whether a descriptor comes with it, and all of its fields.
 */
#ifndef SROAMD_IPC_ROWS_H
#define SROAMD_IPC_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "ipc/field.h"

struct ipc_message {
	const char		*name;
	unsigned int		 from, to;	/* bits: 1 << enum proc_id */
	bool			 fd;
	/* before a configuration is in force */
	bool			 early;
	const struct ipc_part	*part;	/* NULL: no payload */
	const struct ipc_part	*also;	/* a further check of this message */
};

/* NULL: no message of this type. */
const struct ipc_message *ipc_message(uint32_t type);
#endif
