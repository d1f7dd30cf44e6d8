/* SPDX-License-Identifier: ISC */
/* Landlock, by its three system calls: the C library has no functions. */
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <unistd.h>

#include "common/log.h"
#include "proc/landlock.h"

/* Of later kernels than the headers may be: linux/landlock.h. */
#define FS_REFER	(UINT64_C(1) << 13)	/* ABI 2 */
#define FS_TRUNCATE	(UINT64_C(1) << 14)	/* ABI 3 */
#define FS_IOCTL_DEV	(UINT64_C(1) << 15)	/* ABI 5 */
#define NET_TCP		UINT64_C(3)		/* ABI 4: bind, connect */
#define NET_CONNECT	(UINT64_C(1) << 1)
#define RULE_NET_PORT	2
#define SCOPE_ALL	UINT64_C(3)		/* ABI 6: sockets, signals */

#define FS_FIRST	((UINT64_C(1) << 13) - 1)
#define FS_OF_FILES	(LANDLOCK_ACCESS_FS_READ_FILE | \
			LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE)

/* As the newest of these versions has it; the older ones begin alike. */
struct ruleset {
	uint64_t	fs, net, scoped;
};

struct port_rule {
	uint64_t	access, port;
};

static long	abi(void);
static uint64_t	known_rights(void);
static void	allow_port(int, uint16_t);

void
landlock_confine(const struct landlock_path *paths, size_t n, uint16_t port)
{
	int rules = landlock_begin(true);
	size_t i;

	if (rules == -1)
		return;
	for (i = 0; i < n; i++)
		landlock_allow_path(rules, paths[i].path, paths[i].uses);
	if (port != 0)
		allow_port(rules, port);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		fatal("sandbox: no new privileges");
	landlock_end(rules);
}

int
landlock_begin(bool ports)
{
	struct ruleset all = { .fs = known_rights() };
	size_t size = sizeof(all.fs);
	long version = abi();

	if (all.fs == 0)
		return -1;
	if (version >= 4) {
		all.net = ports ? NET_TCP : 0;
		size = 2 * sizeof(all.fs);
	}
	if (version >= 6) {
		all.scoped = SCOPE_ALL;
		size = sizeof(all);
	}
	return (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
}

static void
allow_port(int rules, uint16_t port)
{
	const struct port_rule rule = { NET_CONNECT, port };

	if (abi() >= 4 && syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT,
	    &rule, 0) == -1)
		fatal("sandbox: port %u", (unsigned int)port);
}

/* 0 or less: there is none. */
static long
abi(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
}

static uint64_t
known_rights(void)
{
	long version = abi();
	uint64_t rights = version < 1 ? 0 : FS_FIRST;

	if (version >= 2)
		rights |= FS_REFER;
	if (version >= 3)
		rights |= FS_TRUNCATE;
	if (version >= 5)
		rights |= FS_IOCTL_DEV;
	return rights;
}

void
landlock_allow(int rules, int fd, unsigned int uses)
{
	struct landlock_path_beneath_attr rule = { .parent_fd = fd };
	struct stat st;

	if (uses & FILES_READ)
		rule.allowed_access |= LANDLOCK_ACCESS_FS_READ_FILE |
		    LANDLOCK_ACCESS_FS_READ_DIR;
	if (uses & FILES_WRITE)
		rule.allowed_access |= LANDLOCK_ACCESS_FS_WRITE_FILE |
		    LANDLOCK_ACCESS_FS_MAKE_REG | FS_TRUNCATE;
	if (uses & (FILES_WRITE | FILES_REMOVE))
		rule.allowed_access |= LANDLOCK_ACCESS_FS_REMOVE_FILE;
	if (fstat(fd, &st) == -1)
		fatal("sandbox: files");
	if (!S_ISDIR(st.st_mode))
		rule.allowed_access &= FS_OF_FILES;
	rule.allowed_access &= known_rights();
	if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH,
	    &rule, 0) == -1)
		fatal("sandbox: files");
}

void
landlock_allow_path(int rules, const char *path, unsigned int uses)
{
	int fd = open(path, O_PATH | O_CLOEXEC);

	if (fd == -1)
		return;
	landlock_allow(rules, fd, uses);
	close(fd);
}

void
landlock_end(int rules)
{
	if (syscall(SYS_landlock_restrict_self, rules, 0) == -1)
		fatal("sandbox: files");
	close(rules);
}
