/* SPDX-License-Identifier: ISC */
/*
 * sroamd-examiner: says by its exit status what the engine's file is, and
 * writes it again, before there is an engine.  The file may be anything, and
 * who takes this process over by it has the folder, some seconds, and nothing
 * else.  sroamd starts it.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "engine/store/file.h"
#include "proc/become.h"
#include "proc/build.h"
#include "proc/child.h"
#include "proc/landlock.h"
#include "proc/sandbox.h"
#include "proc/sanitized.h"

#define OWN_MEMORY	(1ULL << 30)	/* octets, with its libraries */

static void	die_plainly(void);
static void	limit_memory(void);

int
main(int argc, char **argv)
{
	static const struct landlock_path folder = {
		"/", FILES_READ | FILES_WRITE
	};

	log_procname("examiner");
	if (argc != 4)
		fatalx("is started by sroamd, not by hand");
	if (strcmp(argv[1], build_id) != 0)
		exit(CHILD_ALIEN);
	closefrom(STDERR_FILENO + 1);
	become(argv[2], argv[3], false);	/* LMDB speaks when it dies */
	landlock_confine(&folder, 1, 0);
	die_plainly();
	limit_memory();
	sandbox_child(PROC_EXAMINER, NULL, 0);
	/* What LMDB holds is left to the kernel. */
	_exit(EXAMINED + (int)store_examine(""));
}

/* By the signal, which the parent understands; sanitizers catch some. */
static void
die_plainly(void)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE };
	size_t i;

	for (i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		signal(deadly[i], SIG_DFL);
}

/* A header may ask for any amount; the file is mapped, and a new one twice. */
static void
limit_memory(void)
{
	struct rlimit most;
	struct stat st;

	if (lstat("/" STORE_FILE, &st) == -1 || !S_ISREG(st.st_mode))
		st.st_size = 0;
	most.rlim_cur = OWN_MEMORY + 3 * (rlim_t)st.st_size;
	most.rlim_max = most.rlim_cur;
#ifndef SANITIZED
	if (setrlimit(RLIMIT_AS, &most) == -1)
		fatal("limit on memory");
#endif
}
