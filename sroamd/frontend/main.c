/* SPDX-License-Identifier: ISC */
/*
 * sroamd-frontend: stations' packets and the control socket, in an empty root
 * folder.  sroamd starts it.
 */
#include <stddef.h>

#include "frontend/frontend.h"
#include "proc/child.h"
#include "proc/landlock.h"
#include "proc/sandbox.h"

int
main(int argc, char **argv)
{
	struct frontend *f;
	struct child self;

	child_init(&self, PROC_FRONTEND, argc, argv);
	child_drop(&self);
	f = frontend_new(&self);
	landlock_confine(NULL, 0, 0);
	sandbox_child(PROC_FRONTEND, NULL, 0);
	child_run(&self);
	frontend_free(f);
	child_end(&self);
	return 0;
}
