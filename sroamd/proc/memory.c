/* SPDX-License-Identifier: ISC */
/* How much memory the process uses. */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc/memory.h"

static int	statm_fd = -1;
static long	page_size;

void
memory_init(void)
{
	page_size = sysconf(_SC_PAGESIZE);
	statm_fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

void
memory_fill(struct ctl_memory *m, enum ctl_process process)
{
	struct mallinfo2 info = mallinfo2();
	unsigned long long size, resident;
	char line[128];
	ssize_t n;

	memset(m, 0, sizeof(*m));
	m->process = process;
	m->pid = getpid();
	m->heap = info.uordblks + info.hblkhd;
	if (statm_fd == -1)
		return;
	n = pread(statm_fd, line, sizeof(line) - 1, 0);
	if (n <= 0)
		return;
	line[n] = '\0';
	if (sscanf(line, "%llu %llu", &size, &resident) == 2)
		m->rss = resident * (unsigned long long)page_size;
}
