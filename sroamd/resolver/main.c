/* SPDX-License-Identifier: ISC */
/*
 * sroamd-resolver: looks up addresses of peers that are given by name.  It
 * sees the files that this needs, and has no privileges.  sroamd starts it.
 */
#include <stddef.h>

#include "proc/child.h"
#include "proc/landlock.h"
#include "proc/sandbox.h"
#include "resolver/resolver.h"

#define DNS	53			/* its port */

/*
 * Folders, since resolv.conf and others are replaced, and may be links; what
 * is in them is readable by this user, like by everybody.  And the modules.
 */
static const struct landlock_path files[] = {
	{ "/etc", FILES_READ },
	{ "/run", FILES_READ },
	{ "/lib", FILES_READ },
	{ "/lib64", FILES_READ },
	{ "/usr/lib", FILES_READ },
	{ "/usr/lib64", FILES_READ },
	{ "/usr/local/lib", FILES_READ }
};

int
main(int argc, char **argv)
{
	struct resolver *r;
	struct child self;

	child_init(&self, PROC_RESOLVER, argc, argv);
	child_drop(&self);
	r = resolver_new(&self);
	landlock_confine(files, sizeof(files) / sizeof(files[0]), DNS);
	sandbox_child(PROC_RESOLVER, NULL, 0);
	child_run(&self);
	resolver_free(r);
	child_end(&self);
	return 0;
}
