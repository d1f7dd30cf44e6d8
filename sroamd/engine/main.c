/* SPDX-License-Identifier: ISC */
/*
 * sroamd-engine: the table and the sessions with peers, in a root folder with
 * its store only.  sroamd starts it.
 */
#include <stddef.h>

#include "engine/engine.h"
#include "engine/tls/tls.h"
#include "engine/verify.h"
#include "proc/child.h"
#include "proc/landlock.h"
#include "proc/sandbox.h"

/* The store's, once it is the root directory. */
static const struct landlock_path folder = { "/", FILES_READ | FILES_WRITE };

int
main(int argc, char **argv)
{
	struct engine	*e;
	struct child	 self;
	int		 files[4];

	child_init(&self, PROC_ENGINE, argc, argv);
	tls_start();		/* reads files outside of that folder */
	verify_start();
	child_drop(&self);
	landlock_confine(&folder, self.state == NULL ? 0 : 1, 0);
	e = engine_new(&self);
	sandbox_child(PROC_ENGINE, files, engine_files(e, files,
	    sizeof(files) / sizeof(files[0])));
	child_run(&self);
	/* The parent asked us to end: our peers must learn it at once. */
	engine_free(e);
	child_end(&self);
	return 0;
}
