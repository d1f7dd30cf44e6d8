/* SPDX-License-Identifier: ISC */
/*
 * The resolver's life: it sees the files that resolving names takes, as a user
 * without privileges.
 */
#include "proc/child.h"
#include "proc/proc.h"
#include "proc/sandbox.h"
#include "resolver/resolver.h"

int
resolver(int argc, char **argv)
{
	struct resolver *r;
	struct child self;

	child_init(&self, PROC_RESOLVER, argc, argv);
	child_drop(&self);
	r = resolver_new(&self);
	sandbox_resolver();
	child_run(&self);
	resolver_free(r);
	child_end(&self);
	return 0;
}
