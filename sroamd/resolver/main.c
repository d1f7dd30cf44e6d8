/* SPDX-License-Identifier: ISC */
/*
 * sroamd-resolver: looks up addresses of peers that are given by name.  It
 * sees the files that this needs, and has no privileges.  sroamd starts it.
 */
#include "proc/child.h"
#include "proc/sandbox.h"
#include "resolver/resolver.h"

int
main(int argc, char **argv)
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
