/* SPDX-License-Identifier: ISC */
/* The tests' copy of regress/config and etc. */
#include <sys/stat.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "own_copy.h"

static char	copy[] = "/tmp/sroamd-copy.XXXXXX";
static int	tree = -1;

static void
run(const char *command)
{
	char text[256];

	snprintf(text, sizeof(text), "umask 077; %s '%s'", command, copy);
	if (system(text) != 0)
		abort();
}

void
own_copy_enter(void)
{
	if (tree == -1) {
		if (mkdtemp(copy) == NULL ||
		    (tree = open(".", O_RDONLY | O_DIRECTORY)) == -1)
			abort();
		run("cp -r --no-preserve=all --parents regress/config etc");
	}
	if (chdir(copy) == -1)
		abort();
}

void
own_copy_leave(void)
{
	if (fchdir(tree) == -1)
		abort();
}

void
own_copy_remove(void)
{
	if (tree != -1)
		run("rm -r");
}
