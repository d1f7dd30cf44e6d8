/* SPDX-License-Identifier: ISC */
/* Checks of a message between our processes. */
#include <netdb.h>
#include <string.h>

#include "ipc/ipc.h"
#include "ipc/rows.h"

const char *
ipc_check(const struct imsg *imsg, enum proc_id from, enum proc_id to)
{
	const struct ipc_message *m = ipc_message(imsg->type);
	const char *wrong;

	if (m == NULL)
		return "unknown message";
	if (from >= PROC_NONE || to >= PROC_NONE ||
	    !(m->from & (1u << from)) || !(m->to & (1u << to)))
		return "not permitted";
	if (imsg->len != (m->part == NULL ? 0 : m->part->size))
		return "wrong length";
	if (m->fd && imsg->fd == -1)
		return "descriptor missing";
	if (!m->fd && imsg->fd != -1)
		return "unexpected descriptor";
	if (m->part == NULL)
		return NULL;
	wrong = ipc_part_check(m->part, imsg->data);
	if (wrong == NULL && m->also != NULL)
		wrong = ipc_part_check(m->also, imsg->data);
	return wrong == NULL ? NULL : ipc_wrong("field %s", wrong);
}

const char *
ipc_name(uint32_t type)
{
	const struct ipc_message *m = ipc_message(type);

	return m == NULL ? "unknown message" : m->name;
}

const char *
ipc_error_text(int32_t error)
{
	return error > IPC_EAI_BASE ? gai_strerror(IPC_EAI_BASE - error) :
	    strerror(error);
}

const char *
proc_name(enum proc_id id)
{
	static const char *const names[] = {
		[PROC_PARENT] = "parent",
		[PROC_ENGINE] = "engine",
		[PROC_FRONTEND] = "frontend",
		[PROC_RESOLVER] = "resolver",
		[PROC_SIGNER] = "signer",
		[PROC_EXAMINER] = "examiner"
	};

	return id < PROC_NONE ? names[id] : "nobody";
}
