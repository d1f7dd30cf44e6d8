/* SPDX-License-Identifier: ISC */
/*
 * What a child can do once it is shut in: a row for each call whose arguments
 * matter, as what it needs and as what somebody who took it over would like.
 */
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
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

#include "proc/sandbox.h"
#include "proc/sanitized.h"

#define PAGE	4096
#define SORTED	4096

/* Of the test; the deeds are done with what was open before. */
static int	pair[2], datagrams[2], udp, listener, file, other_file;
static void	*page;
static pid_t	us;

enum want {
	WORKS,				/* whatever the kernel answers */
	KILLED,				/* by the filter */
	REFUSED				/* EACCES; by the resolver's filter */
};

/* Memory. */

static int
maps_memory(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int
maps_code(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
}

static int
maps_a_file_as_code(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, file,
	    0) == MAP_FAILED;
}

static int
maps_a_file_as_code_to_write(void)
{
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE, file, 0) == MAP_FAILED;
}

static int
protects_memory(void)
{
	return mprotect(page, PAGE, PROT_READ);
}

static int
makes_memory_code(void)
{
	return mprotect(page, PAGE, PROT_READ | PROT_EXEC);
}

static int
makes_memory_code_with_a_key(void)
{
	return (int)syscall(SYS_pkey_mprotect, page, PAGE,
	    PROT_READ | PROT_EXEC, -1);
}

static int
grows_memory(void)
{
	return mremap(page, PAGE, 64 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED;
}

static int
puts_memory_over_other(void)
{
	return mremap(page, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED,
	    (char *)page + 16 * PAGE) == MAP_FAILED;
}

static int
makes_a_file_of_memory(void)
{
	return memfd_create("x", 0) == -1;
}

static int
compare(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* glibc asks how much memory there is, once. */
static int
sorts_much(void)
{
	static int numbers[SORTED];
	int i;

	for (i = 0; i < SORTED; i++)
		numbers[i] = SORTED - i;
	qsort(numbers, SORTED, sizeof(numbers[0]), compare);
	return numbers[0] != 1;
}

/* Signals to others. */

static int
makes_nonblocking(void)
{
	int flags = fcntl(pair[0], F_GETFL);

	return flags == -1 || fcntl(pair[0], F_SETFL, flags | O_NONBLOCK);
}

static int
wants_signals(void)
{
	return fcntl(pair[0], F_SETFL, O_ASYNC | O_NONBLOCK);
}

static int
gives_another_its_signals(void)
{
	return fcntl(pair[0], F_SETOWN, getpid());
}

static int
gives_another_its_signals_by_struct(void)
{
	struct f_owner_ex owner = { F_OWNER_PID, getpid() };

	return fcntl(pair[0], F_SETOWN_EX, &owner);
}

static int
chooses_the_signal(void)
{
	return fcntl(pair[0], F_SETSIG, SIGKILL);
}

static int
gives_another_its_signals_by_ioctl(void)
{
	pid_t pid = getpid();

	return ioctl(pair[0], FIOSETOWN, &pid);
}

static int
wants_signals_by_ioctl(void)
{
	int on = 1;

	return ioctl(pair[0], FIOASYNC, &on);
}

static int
wants_news_of_a_folder(void)
{
	return fcntl(file, F_NOTIFY, DN_MODIFY);
}

static int
takes_a_lease(void)
{
	return fcntl(file, F_SETLEASE, F_RDLCK);
}

static int
duplicates(void)
{
	return fcntl(file, F_DUPFD, 0);
}

static int
seals(void)
{
	return fcntl(file, F_ADD_SEALS, F_SEAL_WRITE);
}

static int
kills(void)
{
	return kill(us, 0);
}

static int
kills_a_thread(void)
{
	return (int)syscall(SYS_tgkill, us, us, SIGABRT);
}

static int
kills_its_own_thread(void)
{
	return (int)syscall(SYS_tgkill, getpid(), gettid(), SIGKILL);
}

static int
sends_a_signal_with_a_value(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };

	return (int)syscall(SYS_rt_tgsigqueueinfo, us, us, SIGABRT, &info);
}

/* Sockets. */

static int
makes_a_datagram_pair(void)
{
	return socketpair(AF_UNIX, SOCK_DGRAM, 0, datagrams);
}

static int
makes_a_stream_pair(void)
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, datagrams);
}

static int
makes_a_socket(void)
{
	return socket(AF_UNIX, SOCK_DGRAM, 0);
}

static int
connects(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	return connect(pair[0], (struct sockaddr *)&un, sizeof(un));
}

static int
binds(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	return bind(pair[0], (struct sockaddr *)&un, sizeof(un.sun_family));
}

static int
listens(void)
{
	return listen(pair[0], 1);
}

static int
sends(void)
{
	return send(pair[0], "x", 1, 0) != 1;
}

static int
sends_to_an_address(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};

	return sendto(udp, "x", 1, 0, (struct sockaddr *)&to,
	    sizeof(to)) == -1;
}

static int
accepts(void)
{
	return accept4(listener, NULL, NULL, SOCK_CLOEXEC) == -1 &&
	    errno != EAGAIN;
}

static int
asks_for_lost_frames(void)
{
	struct tpacket_stats stats;
	socklen_t len = sizeof(stats);

	return getsockopt(pair[0], SOL_PACKET, PACKET_STATISTICS, &stats,
	    &len) == -1 && errno == EACCES;
}

static int
asks_who_is_there(void)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(pair[0], SOL_SOCKET, SO_PEERCRED, &cred, &len);
}

static int
asks_how_much_there_is(void)
{
	int n;

	return ioctl(pair[0], FIONREAD, &n);
}

static int
types_at_a_terminal(void)
{
	return ioctl(pair[0], TIOCSTI, "x");
}

static int
sets_an_option(void)
{
	int one = 1;

	return setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one,
	    sizeof(one));
}

/* Files, and itself. */

static int
writes_its_file(void)
{
	return pwrite(file, "x", 1, 0) != 1;
}

static int
writes_another_file(void)
{
	return pwrite(other_file, "x", 1, 0) != 1;
}

static int
opens(void)
{
	return open("/", O_RDONLY);
}

static int
opens_and_closes(void)
{
	int fd = open("/", O_RDONLY);

	return fd == -1 || close(fd);
}

static int
may_be_dumped(void)
{
	return prctl(PR_SET_DUMPABLE, 1);
}

static int
opens_to_write(void)
{
	return open("/dev/null", O_WRONLY);
}

static int
makes_a_file(void)
{
	return open("/tmp/sandbox.file", O_RDONLY | O_CREAT, 0600);
}

static int
forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid == -1 || waitpid(pid, NULL, 0) != pid;
}

static int
forks_into_a_namespace(void)
{
	return (int)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
}

static int
makes_a_thread(void)
{
	return (int)syscall(SYS_clone, CLONE_VM | CLONE_THREAD |
	    CLONE_SIGHAND, 0, 0, 0, 0);
}

static int
executes(void)
{
	char *argv[] = { (char []){ "true" }, NULL };

	return execv("/bin/true", argv);
}

static int
makes_sockets_of_ip(void)
{
	return socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) == -1 ||
	    socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0) == -1;
}

static int
makes_a_raw_socket(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

static int
asks_the_kernel_for_addresses(void)
{
	return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
	    NETLINK_ROUTE) == -1;
}

static int
asks_the_kernel_for_more(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_GENERIC);
}

static int
ends_with_its_parent(void)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static int
has_a_namespace(void)
{
	return unshare(CLONE_NEWUSER);
}

static int
makes_a_pipe(void)
{
	int fds[2];

	return pipe(fds);
}

static int
waits(void)
{
	struct pollfd pfd = { .fd = pair[0], .events = POLLIN };

	return poll(&pfd, 1, 0) == -1;
}

#define E	(1u << PROC_ENGINE)
#define F	(1u << PROC_FRONTEND)
#define S	(1u << PROC_SIGNER)
#define X	(1u << PROC_EXAMINER)
#define R	(1u << PROC_RESOLVER)
#define ALL	(E | F | S | X | R)
#define ROW(of, deed, want)	{ #deed, of, deed, want }

static const struct {
	const char	 *name;
	unsigned int	  of;		/* processes */
	int		(*deed)(void);
	enum want	  want;
} rows[] = {
	ROW(ALL, maps_memory, WORKS),
	ROW(ALL, maps_code, KILLED),
	ROW(E | F | S | X, maps_a_file_as_code, KILLED),
	ROW(R, maps_a_file_as_code, WORKS),
	ROW(ALL, maps_a_file_as_code_to_write, KILLED),
	ROW(ALL, protects_memory, WORKS),
	ROW(ALL, makes_memory_code, KILLED),
	ROW(ALL, makes_memory_code_with_a_key, KILLED),
	ROW(ALL, grows_memory, WORKS),
	ROW(ALL, puts_memory_over_other, KILLED),
	ROW(ALL, makes_a_file_of_memory, KILLED),
	ROW(ALL, sorts_much, WORKS),
	ROW(ALL, makes_nonblocking, WORKS),
	ROW(ALL, wants_signals, KILLED),
	ROW(ALL, gives_another_its_signals, KILLED),
	ROW(ALL, gives_another_its_signals_by_struct, KILLED),
	ROW(ALL, chooses_the_signal, KILLED),
	ROW(ALL, gives_another_its_signals_by_ioctl, KILLED),
	ROW(ALL, wants_signals_by_ioctl, KILLED),
	ROW(ALL, wants_news_of_a_folder, KILLED),
	ROW(ALL, takes_a_lease, KILLED),
	ROW(ALL, duplicates, KILLED),
	ROW(ALL, seals, KILLED),
	ROW(ALL, kills, KILLED),
	ROW(ALL, kills_a_thread, KILLED),
	ROW(ALL, kills_its_own_thread, KILLED),
	ROW(ALL, sends_a_signal_with_a_value, KILLED),
	ROW(ALL, makes_a_datagram_pair, KILLED),
	ROW(ALL, makes_a_stream_pair, KILLED),
	ROW(E | F | S, makes_a_socket, REFUSED),
	ROW(X | R, makes_a_socket, KILLED),
	ROW(E | F | S | X, connects, KILLED),
	ROW(E | F | S | X, binds, KILLED),
	ROW(ALL, listens, KILLED),
	ROW(E | F, sends, WORKS),
	ROW(E | R, sends_to_an_address, WORKS),
	ROW(F | S | X, sends_to_an_address, KILLED),
	ROW(F, accepts, WORKS),
	ROW(E | S | X | R, accepts, KILLED),
	ROW(F, asks_for_lost_frames, WORKS),
	ROW(E | S | X, asks_for_lost_frames, KILLED),
	ROW(E | F | S | X, asks_who_is_there, KILLED),
	ROW(E | R, asks_how_much_there_is, WORKS),
	ROW(F | S | X, asks_how_much_there_is, KILLED),
	ROW(ALL, types_at_a_terminal, KILLED),
	ROW(E | F | S | X, sets_an_option, KILLED),
	ROW(E | X, writes_its_file, WORKS),
	ROW(F | S | R, writes_its_file, KILLED),
	ROW(E | F | S, writes_another_file, KILLED),
	ROW(E | F | S, opens, REFUSED),
	ROW(X | R, opens_and_closes, WORKS),
	ROW(E | F | S | R, opens_to_write, REFUSED),
	ROW(E | F | S | R, makes_a_file, REFUSED),
	ROW(ALL, may_be_dumped, KILLED),
	ROW(E | F | S, forks, KILLED),
	ROW(R, forks, WORKS),
	ROW(ALL, forks_into_a_namespace, KILLED),
	ROW(ALL, makes_a_thread, KILLED),
	ROW(ALL, executes, KILLED),
	ROW(ALL, has_a_namespace, KILLED),
	ROW(E | F | S | X, makes_a_pipe, KILLED),
	ROW(R, makes_sockets_of_ip, WORKS),
	ROW(E | F | S | R, makes_a_raw_socket, REFUSED),
	ROW(R, asks_the_kernel_for_addresses, WORKS),
	ROW(R, asks_the_kernel_for_more, REFUSED),
	ROW(R, ends_with_its_parent, WORKS),
	ROW(ALL, waits, WORKS)
};

static void
do_it(enum proc_id id, int (*deed)(void), enum want want)
{
	int rc;

	sandbox_child(id, &file, id == PROC_ENGINE);
	errno = 0;
	rc = deed();
	if (want == REFUSED)
		_exit(rc != 0 && errno == EACCES ? 0 : 1);
	_exit(rc == 0 ? 0 : 1);
}

static bool
as_wanted(int status, enum want want)
{
	if (want == KILLED)
		return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
each_call_with_its_arguments(void **state)
{
	int status, wrong = 0;
	enum proc_id id;
	enum want want;
	size_t i;
	pid_t pid;

	(void)state;
#ifdef SANITIZED
	skip();
#endif
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (id = PROC_ENGINE; id < PROC_NONE; id++) {
			if ((rows[i].of & 1u << id) == 0)
				continue;
			want = rows[i].want;
			if (id == PROC_RESOLVER && want == KILLED)
				want = REFUSED;
			pid = fork();
			assert_int_not_equal(pid, -1);
			if (pid == 0)
				do_it(id, rows[i].deed, want);
			assert_int_equal(waitpid(pid, &status, 0), pid);
			if (as_wanted(status, want))
				continue;
			print_error("%s %s: status %#x\n", proc_name(id),
			    rows[i].name, (unsigned int)status);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

/* What it reads decides how long the examiner takes, and with how much. */
static void
the_examiner_ends_in_time(void **state)
{
	struct rlimit cpu, data;
	int ready[2], status;
	char octet;
	pid_t pid;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ready), 0);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		close(ready[0]);
		sandbox_child(PROC_EXAMINER, NULL, 0);
		(void)!write(ready[1], "", 1);
		for (;;)
			(void)!read(ready[1], &octet, 1);
	}
	close(ready[1]);
	assert_int_equal(read(ready[0], &octet, 1), 1);
	assert_int_equal(prlimit(pid, RLIMIT_CPU, NULL, &cpu), 0);
	assert_int_equal(prlimit(pid, RLIMIT_DATA, NULL, &data), 0);
	close(ready[0]);
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_in_range(cpu.rlim_max, 1, 25);
	assert_true(cpu.rlim_cur <= cpu.rlim_max);
#ifndef SANITIZED
	assert_true(data.rlim_max != RLIM_INFINITY);
#endif
}

/* Its own end, by its own signal. */
static void
abort_is_sigabrt(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		sandbox_child(PROC_SIGNER, NULL, 0);
		abort();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static int
setup(void **state)
{
	char one[] = "/tmp/sandbox.XXXXXX", two[] = "/tmp/sandbox.XXXXXX";
	struct sockaddr_in any = { .sin_family = AF_INET };

	(void)state;
	us = getpid();
	file = mkstemp(one);
	other_file = mkstemp(two);
	(void)unlink(one);
	(void)unlink(two);
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	page = mmap(NULL, 32 * PAGE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return file == -1 || other_file == -1 || page == MAP_FAILED ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1 || udp == -1 ||
	    bind(listener, (struct sockaddr *)&any, sizeof(any)) == -1 ||
	    listen(listener, 1) == -1 ? -1 : 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_with_its_arguments),
		cmocka_unit_test(the_examiner_ends_in_time),
		cmocka_unit_test(abort_is_sigabrt),
	};

	return cmocka_run_group_tests_name("sandbox_child", tests, setup,
	    NULL);
}
