/* SPDX-License-Identifier: ISC */
/*
 * sroamd-signer: holds the key that proves who this router is, in an empty root
 * folder, so that nobody who takes over the engine can carry it away.  sroamd
 * starts it.
 */
#include <stddef.h>

#include "proc/child.h"
#include "proc/landlock.h"
#include "proc/sandbox.h"
#include "signer/signer.h"

int
main(int argc, char **argv)
{
	struct signer *s;
	struct child self;

	child_init(&self, PROC_SIGNER, argc, argv);
	signer_prepare();
	child_drop(&self);
	s = signer_new(&self);
	landlock_confine(NULL, 0, 0);
	sandbox_child(PROC_SIGNER, NULL, 0);
	child_run(&self);
	signer_free(s);
	child_end(&self);
	return 0;
}
