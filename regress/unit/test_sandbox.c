/* SPDX-License-Identifier: ISC */
/*
 * What the parent can do once its children run, and what not: by system calls
 * and by files.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "parent/sandbox.h"
#include "parent/trust.h"
#include "stub_log.h"

#define OK	0
#define DENIED	42		/* EPERM, EACCES or EXDEV */
#define KILLED	43		/* by the filter */

static char	dir[64];

static const char *
at(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static int
result(long rc)
{
	if (rc != -1)
		return OK;
	return errno == EPERM || errno == EACCES || errno == EXDEV ? DENIED : 1;
}

/* Deeds. */

static int
forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(OK);
	return result(pid);
}

static int
executes(void)
{
	char *argv[] = { (char []){ "true" }, NULL };

	return result(execv("/bin/true", argv));
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
has_threads(void)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, nothing, NULL) == 0 ? OK : DENIED;
}

static int
runs_a_shell(void)
{
	return system("true") == 0 ? OK : DENIED;
}

static int
maps_code(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? result(-1) : OK;
}

static int
makes_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? 1 : result(mprotect(p, 4096, PROT_EXEC));
}

static int
maps_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? result(-1) : OK;
}

static int
is_signalled_for(void)
{
	return result(fcntl(STDIN_FILENO, F_SETOWN, getppid()));
}

static int
chooses_a_signal(void)
{
	return result(fcntl(STDIN_FILENO, F_SETSIG, SIGKILL));
}

static int
signals(void)
{
	return result(kill(getppid(), 0));
}

static int
traces(void)
{
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int
enters_a_namespace(void)
{
	return result(unshare(CLONE_NEWNS));
}

static int
mounts(void)
{
	return result(syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL));
}

static int
changes_root(void)
{
	return result(chroot("/"));
}

static int
changes_modes(void)
{
	return result(chmod(at("conf/file"), 0777));
}

static int
has_a_ring(void)
{
	return result(syscall(SYS_io_uring_setup, 1, NULL));
}

static int
writes_to_a_terminal(void)
{
	char c = '\n';

	return result(ioctl(STDIN_FILENO, TIOCSTI, &c));
}

static int
finds_an_interface(void)
{
	return if_nametoindex("lo") != 0 ? OK : result(-1);
}

static int
pairs_streams(void)
{
	int sv[2];

	return result(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv));
}

static int
pairs_datagrams(void)
{
	int sv[2];

	return result(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv));
}

#define SOCKET(name, ...)						\
static int								\
name(void)								\
{									\
	return result(socket(__VA_ARGS__));				\
}
SOCKET(has_tcp, AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
SOCKET(has_unix, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
SOCKET(has_packets, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0)
SOCKET(has_rtnetlink, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)
SOCKET(has_genetlink, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC)
SOCKET(has_raw_ip, AF_INET, SOCK_RAW, IPPROTO_ICMP)
SOCKET(has_all_packets, AF_PACKET, SOCK_RAW, ETH_P_ALL << 8)
SOCKET(has_netfilter, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER)
SOCKET(has_audit, AF_NETLINK, SOCK_RAW, NETLINK_AUDIT)
SOCKET(has_vsock, AF_VSOCK, SOCK_STREAM, 0)
SOCKET(has_alg, AF_ALG, SOCK_SEQPACKET, 0)

static int
connects_to(const char *name, bool abstract)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strlcpy(sun.sun_path + abstract, name, sizeof(sun.sun_path) - 1);
	return result(connect(fd, (struct sockaddr *)&sun,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + abstract +
	    strlen(name))));
}

static int
connects_by_path(void)
{
	return connects_to(at("run/sock"), false);
}

static int
connects_by_an_abstract_name(void)
{
	return connects_to(dir, true);
}

static int
opens(const char *name, int flags)
{
	return result(open(name, flags | O_CLOEXEC, 0600));
}

static int
reads_the_configuration(void)
{
	return opens(at("conf/file"), O_RDONLY);
}

static int
reads_below_it(void)
{
	return opens(at("conf/more/file"), O_RDONLY);
}

static int
writes_the_configuration(void)
{
	return opens(at("conf/file"), O_WRONLY);
}

static int
adds_to_the_configuration(void)
{
	return opens(at("conf/new"), O_WRONLY | O_CREAT);
}

static int
removes_the_configuration(void)
{
	return result(unlink(at("conf/file")));
}

static int
reads_elsewhere(void)
{
	return opens(at("other/file"), O_RDONLY);
}

static int
lists_elsewhere(void)
{
	return opens(at("other"), O_RDONLY | O_DIRECTORY);
}

static int
reads_shadow(void)
{
	return opens("/etc/shadow", O_RDONLY);
}

static int
reads_the_memory_of_init(void)
{
	return opens("/proc/1/mem", O_RDONLY);
}

static int
writes_a_sysctl(void)
{
	return opens("/proc/sys/net/ipv4/ip_forward", O_WRONLY);
}

static int
reads_a_sysctl(void)
{
	return opens("/proc/sys/net/ipv4/ip_forward", O_RDONLY);
}

static int
reads_the_boot(void)
{
	return opens("/proc/sys/kernel/random/boot_id", O_RDONLY);
}

static int
reads_the_identity(void)
{
	return opens(at("state/identity"), O_RDONLY);
}

static int
replaces_the_footprint(void)
{
	char from[160];
	int fd;

	strlcpy(from, at("state/kernel.new"), sizeof(from));
	fd = open(from, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, "x", 1) != 1)
		return 1;
	return result(rename(from, at("state/kernel")));
}

static int
removes_the_footprint(void)
{
	return result(unlink(at("state/kernel")));
}

static int
removes_the_socket(void)
{
	return result(unlink(at("run/sock")));
}

static int
makes_a_file_beside_the_socket(void)
{
	return opens(at("run/new"), O_WRONLY | O_CREAT);
}

static int
makes_a_socket(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strlcpy(sun.sun_path, at("run/another"), sizeof(sun.sun_path));
	return result(bind(fd, (struct sockaddr *)&sun, sizeof(sun)));
}

static int
links_a_file(void)
{
	return result(link(at("other/file"), at("conf/link")));
}

static int
makes_a_node(void)
{
	return result(mknod(at("state/mem"), S_IFCHR | 0600, 0x101));
}

static int
takes_half_of_all_memory(void)
{
	size_t half = (size_t)sysconf(_SC_PHYS_PAGES) / 2 *
	    (size_t)sysconf(_SC_PAGESIZE);

	/* Not touched: it is the limit that refuses. */
	if (half > 2UL << 30)
		half = 2UL << 30;
	return mmap(NULL, half, PROT_READ | PROT_WRITE, MAP_PRIVATE |
	    MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED ? DENIED : OK;
}

static int
dumps_core(void)
{
	struct rlimit rl = { RLIM_INFINITY, RLIM_INFINITY };

	return result(setrlimit(RLIMIT_CORE, &rl));
}

static int
lets_itself_be_dumped(void)
{
	return result(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

static int
aborts(void)
{
	abort();
}

#define DEED(f, expected)	{ f, #f, expected, expected, 0 }
/* Without Landlock the kernel lets root do it. */
#define FILE_DEED(f, expected)	{ f, #f, expected, OK, 1 }
/* Likewise, without scopes. */
#define SCOPE_DEED(f, expected)	{ f, #f, expected, OK, 6 }

static const struct {
	int		(*deed)(void);
	const char	 *name;
	int		  expected, without;
	long		  abi;		/* of Landlock */
} deeds[] = {
	DEED(forks, DENIED),
	DEED(executes, DENIED),
	DEED(has_threads, DENIED),
	DEED(runs_a_shell, DENIED),
	DEED(maps_code, DENIED),
	DEED(makes_code, DENIED),
	DEED(maps_memory, OK),
	DEED(is_signalled_for, KILLED),
	DEED(chooses_a_signal, KILLED),
	DEED(signals, DENIED),
	DEED(traces, DENIED),
	DEED(enters_a_namespace, KILLED),
	DEED(mounts, KILLED),
	DEED(changes_root, KILLED),
	DEED(changes_modes, KILLED),
	DEED(has_a_ring, KILLED),
	DEED(writes_to_a_terminal, KILLED),
	DEED(finds_an_interface, OK),
	DEED(pairs_streams, OK),
	DEED(pairs_datagrams, KILLED),
	DEED(has_tcp, OK),
	DEED(has_unix, OK),
	DEED(has_packets, OK),
	DEED(has_rtnetlink, OK),
	DEED(has_genetlink, OK),
	DEED(has_raw_ip, KILLED),
	DEED(has_all_packets, KILLED),
	DEED(has_netfilter, KILLED),
	DEED(has_audit, KILLED),
	DEED(has_vsock, KILLED),
	DEED(has_alg, KILLED),
	DEED(connects_by_path, OK),
	SCOPE_DEED(connects_by_an_abstract_name, DENIED),
	DEED(reads_the_configuration, OK),
	DEED(reads_below_it, OK),
	FILE_DEED(writes_the_configuration, DENIED),
	FILE_DEED(adds_to_the_configuration, DENIED),
	FILE_DEED(removes_the_configuration, DENIED),
	FILE_DEED(reads_elsewhere, DENIED),
	FILE_DEED(lists_elsewhere, DENIED),
	FILE_DEED(reads_shadow, DENIED),
	DEED(reads_the_memory_of_init, DENIED),
	FILE_DEED(writes_a_sysctl, DENIED),
	DEED(reads_a_sysctl, OK),
	DEED(reads_the_boot, OK),
	FILE_DEED(reads_the_identity, DENIED),
	DEED(replaces_the_footprint, OK),
	DEED(removes_the_footprint, OK),
	DEED(removes_the_socket, OK),
	FILE_DEED(makes_a_file_beside_the_socket, DENIED),
	FILE_DEED(makes_a_socket, DENIED),
	DEED(links_a_file, KILLED),
	DEED(makes_a_node, KILLED),
	DEED(takes_half_of_all_memory, DENIED),
	DEED(dumps_core, DENIED),
	DEED(lets_itself_be_dumped, DENIED)
};

static void
put(const char *name)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_not_equal(fd, -1);
	close(fd);
}

static void
unix_listener(const char *name, bool abstract)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strlcpy(sun.sun_path + abstract, name, sizeof(sun.sun_path) - 1);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, (socklen_t)
	    (offsetof(struct sockaddr_un, sun_path) + abstract +
	    strlen(name))), 0);
	assert_int_equal(listen(fd, 128), 0);
}

static int
setup(void **state)
{
	static const char *const folders[] = {
		"conf", "conf/more", "other", "state", "run"
	};
	size_t i;

	(void)state;
	strlcpy(dir, "/tmp/test_sandbox.XXXXXX", sizeof(dir));
	if (mkdtemp(dir) == NULL)
		return -1;
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (mkdir(at(folders[i]), 0700) == -1)
			return -1;
	unix_listener(at("run/sock"), false);
	unix_listener(dir, true);
	return 0;
}

static int
teardown(void **state)
{
	char command[100];

	(void)state;
	snprintf(command, sizeof(command), "rm -r '%s'", dir);
	stub_log_clear();
	return system(command);
}

static void
fill(void)
{
	put("conf/file");
	put("conf/more/file");
	put("other/file");
	put("state/identity");
	put("state/kernel");
}

/* In a process of its own: the parent's cage, then the deed. */
static void
enter(void)
{
	struct conf_global g = { .state = "" };
	char why[CONF_WHY];
	int fd;

	strlcpy(g.state, at("state"), sizeof(g.state));
	strlcpy(g.socket, at("run/sock"), sizeof(g.socket));
	sandbox_secrets();
	if ((fd = trust_open(at("conf/file"), false, why, sizeof(why))) == -1)
		_exit(99);
	close(fd);
	sandbox_parent(&g);
}

static int
outcome(int (*deed)(void))
{
	int status;
	pid_t pid;

	if ((pid = fork()) == 0) {
		enter();
		_exit(deed());
	}
	assert_int_not_equal(pid, -1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return WTERMSIG(status) == SIGSYS ? KILLED : 1000 + WTERMSIG(status);
}

static void
the_parent_does_what_it_must_and_no_more(void **state)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	int was, expected;
	size_t i;

	(void)state;
	if (getuid() != 0)
		skip();
	for (i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		fill();
		expected = abi >= deeds[i].abi ? deeds[i].expected :
		    deeds[i].without;
		was = outcome(deeds[i].deed);
		if (was != expected)
			fail_msg("%s: %d, expected %d", deeds[i].name, was,
			    expected);
	}
}

/* As the message of a failed check comes before the core. */
static void
an_abort_ends_it_by_its_own_signal(void **state)
{
	(void)state;
	if (getuid() != 0)
		skip();
	fill();
	assert_int_equal(outcome(aborts), 1000 + SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parent_does_what_it_must_and_no_more),
		cmocka_unit_test(an_abort_ends_it_by_its_own_signal),
	};

	return cmocka_run_group_tests_name("sandbox", tests, setup, teardown);
}
