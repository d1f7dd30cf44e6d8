/* SPDX-License-Identifier: ISC */
/*
 * All log lines are written here: to standard error or to syslog, without
 * waiting.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/bucket.h"
#include "common/clock.h"
#include "common/log.h"
#include "parent/logring.h"
#include "parent/logsink.h"

#define SUN_PATH_MAX	sizeof(((struct sockaddr_un *)NULL)->sun_path)
#define RETRY		1		/* s, after an error */
#define REPORT_EVERY	1000		/* ms, between reports of lost lines */
#define REPORTS		10		/* of those lost elsewhere, at once */
#define REPORT_LATER	60		/* s, for another one of those */
#define OUT_SIZE	(LOG_TEXT + 64)	/* a line with its prefix */

/* How to write without waiting. */
enum way {
	WAY_NONE,			/* not connected */
	WAY_OWN,			/* ours alone, and non-blocking */
	/* poll first: others use it, too */
	WAY_SHARED,
	WAY_SOCKET
};

struct logsink {
	struct event_base	*base;
	struct event		*writing, *retry;
	bool			 waiting;	/* for one of these events */
	struct logring		*ring;
	uint64_t		 reported[CTL_LOGS];	/* of the lost ones */
	monotime_t		 reported_at;
	/* lost elsewhere, not in the ring's count yet */
	uint64_t		 elsewhere[CTL_LOGS];
	struct bucket		 reports;
	struct event		*later;		/* to report those */
	int			 fd;
	enum way		 way;
	char			 path[SUN_PATH_MAX];
	bool			 syslog, times;
	/* syslog over a stream: a NUL ends a line */
	bool			 stream;
	/* being written, or NULL */
	struct logline		*line;
	/* the same, as text; how much is out */
	char			 out[OUT_SIZE];
	size_t			 len, off;
};

static void		 use(struct logsink *, int);
static void		 unuse(struct logsink *);
static void		 connect_syslog(struct logsink *);
static int		 push(struct logsink *);
static bool		 next(struct logsink *);
static void		 count_elsewhere(struct logsink *, monotime_t);
static struct logline	*lost_line(struct logsink *);
static void		 compose(struct logsink *);
static int		 compose_plain(struct logsink *);
static int		 compose_syslog(struct logsink *);
static ssize_t		 put_out(struct logsink *);
static void		 wait_for_room(struct logsink *, int);
static void		 on_room(evutil_socket_t, short, void *);
static void		 on_retry(evutil_socket_t, short, void *);
static void		 on_later(evutil_socket_t, short, void *);

struct logsink *
logsink_new(struct event_base *base, int fd, size_t octets)
{
	struct logsink *s;

	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->base = base;
	s->fd = -1;
	s->ring = logring_new(octets);
	s->retry = evtimer_new(base, on_retry, s);
	s->later = evtimer_new(base, on_later, s);
	if (s->ring == NULL || s->retry == NULL || s->later == NULL) {
		logsink_free(s);
		return NULL;
	}
	use(s, fd);
	return s;
}

void
logsink_free(struct logsink *s)
{
	if (s == NULL)
		return;
	unuse(s);
	if (s->retry != NULL)
		event_free(s->retry);
	if (s->later != NULL)
		event_free(s->later);
	logring_free(s->ring);
	free(s->line);
	free(s);
}

/*
 * O_NONBLOCK belongs to the open file, which other processes share: a shell,
 * or all services of a machine.  A pipe or a terminal that is opened again is
 * an open file of our own.  A socket cannot be opened so, but send(2) has a
 * flag for one call.  A file would be written from its beginning, and never
 * blocks.
 */
static void
use(struct logsink *s, int fd)
{
	char path[32];
	struct stat st;

	if (fstat(fd, &st) == -1)
		return;
	s->way = S_ISSOCK(st.st_mode) ? WAY_SOCKET : WAY_SHARED;
	if (!S_ISSOCK(st.st_mode) && !S_ISREG(st.st_mode)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		s->fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY |
		    O_CLOEXEC);
		if (s->fd != -1)
			s->way = WAY_OWN;
	}
	if (s->fd == -1)
		s->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (s->fd == -1)
		s->way = WAY_NONE;
	else
		s->writing = event_new(s->base, s->fd, EV_WRITE, on_room, s);
}

static void
unuse(struct logsink *s)
{
	if (s->writing != NULL)
		event_free(s->writing);
	s->writing = NULL;
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
	s->way = WAY_NONE;
	if (s->retry != NULL)
		evtimer_del(s->retry);
	s->waiting = false;
}

void
logsink_times(struct logsink *s)
{
	s->times = true;
	tzset();			/* while its file can be read */
}

void
logsink_syslog(struct logsink *s, const char *path)
{
	s->syslog = true;
	strlcpy(s->path, path, sizeof(s->path));
	connect_syslog(s);
	(void)push(s);
}

/* As syslog(3) connects, but without waiting while the daemon does not read. */
static void
connect_syslog(struct logsink *s)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd, rc, type = SOCK_DGRAM;

	unuse(s);
	strlcpy(sun.sun_path, s->path, sizeof(sun.sun_path));
	for (;;) {
		fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (fd == -1)
			return;
		rc = connect(fd, (struct sockaddr *)&sun, sizeof(sun));
		if (rc == 0 || errno != EPROTOTYPE || type == SOCK_STREAM)
			break;
		close(fd);
		type = SOCK_STREAM;
	}
	if (rc == 0)
		use(s, fd);
	close(fd);
	s->stream = type == SOCK_STREAM;
	/*
	 * The new daemon did not get the beginning of the line: start it
	 * again.
	 */
	if (s->line != NULL)
		compose(s);
}

void
logsink_line(struct logsink *s, int priority, const char *process,
    const char *text)
{
	logring_put(s->ring, clock_wall(), priority, process, text);
	if (!s->waiting)
		(void)push(s);
}

void
logsink_lost(struct logsink *s, const struct ipc_lost *lost)
{
	size_t i;

	for (i = 0; i < CTL_LOGS; i++)
		s->elsewhere[i] += lost->count[i];
	if (!s->waiting)
		(void)push(s);
}

void
logsink_total(const struct logsink *s, struct ipc_lost *lost)
{
	size_t i;

	memcpy(lost->count, logring_total(s->ring), sizeof(lost->count));
	for (i = 0; i < CTL_LOGS; i++)
		lost->count[i] += s->elsewhere[i];
}

void
logsink_linger(struct logsink *s, int ms)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };
	monotime_t now, end = monotime_add(clock_monotime(), ms);

	logring_lost(s->ring, s->elsewhere);
	memset(s->elsewhere, 0, sizeof(s->elsewhere));
	while (push(s) == -1 && errno == EAGAIN) {
		now = clock_monotime();
		if (!monotime_before(now, end))
			break;
		(void)poll(&pfd, 1, (int)monotime_ms(now, end) + 1);
	}
}

/* Write as much as possible at once: 0 when that was all, or -1 with errno. */
static int
push(struct logsink *s)
{
	int error;
	ssize_t n;

	while (s->line != NULL || next(s)) {
		n = put_out(s);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1) {
			error = errno;
			wait_for_room(s, error);
			errno = error;
			return -1;
		}
		s->off += n;
		if (s->off < s->len)
			continue;
		free(s->line);
		s->line = NULL;
	}
	return 0;
}

/* Lost lines are older than those in the ring: report them first. */
static bool
next(struct logsink *s)
{
	s->line = lost_line(s);
	if (s->line == NULL)
		s->line = logring_get(s->ring);
	if (s->line == NULL)
		return false;
	compose(s);
	return true;
}

/*
 * What a child says that it has lost, and what we leave out of its lines, may
 * be any number at any rate: it is reported at a rate of its own.
 */
static void
count_elsewhere(struct logsink *s, monotime_t now)
{
	static const uint64_t none[CTL_LOGS];
	struct timeval tv = { REPORT_LATER, 0 };

	if (memcmp(s->elsewhere, none, sizeof(none)) == 0)
		return;
	if (!bucket_take(&s->reports, REPORT_LATER * 1000000LL,
	    REPORTS * REPORT_LATER * 1000000LL, now)) {
		if (!evtimer_pending(s->later, NULL))
			(void)evtimer_add(s->later, &tv);
		return;
	}
	logring_lost(s->ring, s->elsewhere);
	memset(s->elsewhere, 0, sizeof(s->elsewhere));
}

/* At a limited rate, so that a slow reader gets other lines, too. */
static struct logline *
lost_line(struct logsink *s)
{
	const uint64_t *total = logring_total(s->ring);
	monotime_t now = clock_monotime();
	uint64_t new[CTL_LOGS], sum = 0;
	struct logline *line;
	char text[LOG_TEXT];
	size_t i;

	count_elsewhere(s, now);
	for (i = 0; i < CTL_LOGS; i++)
		sum += new[i] = total[i] - s->reported[i];
	if (sum == 0)
		return NULL;
	if (!logring_is_empty(s->ring) && monotime_before(now,
	    monotime_add(s->reported_at, REPORT_EVERY)))
		return NULL;
	snprintf(text, sizeof(text), "log: %" PRIu64 " lines lost: %" PRIu64
	    " warnings, %" PRIu64 " info, %" PRIu64 " debug", sum,
	    new[CTL_LOG_WARNING], new[CTL_LOG_INFO], new[CTL_LOG_DEBUG]);
	line = logline_new(clock_wall(), LOG_WARNING,
	    proc_name(PROC_PARENT), text);
	if (line == NULL)
		return NULL;
	memcpy(s->reported, total, sizeof(s->reported));
	s->reported_at = now;
	return line;
}

static void
compose(struct logsink *s)
{
	int n;

	s->off = 0;
	n = s->syslog ? compose_syslog(s) : compose_plain(s);
	s->len = n < (int)sizeof(s->out) ? n : (int)sizeof(s->out) - 1;
	if (!s->syslog)
		s->out[s->len - 1] = '\n';
	else if (s->stream)
		s->len++;		/* its NUL */
}

static int
compose_plain(struct logsink *s)
{
	time_t when = s->line->when / 1000;
	char stamp[32] = "", ms[8] = "";
	struct tm tm;

	if (s->times && localtime_r(&when, &tm) != NULL) {
		strftime(stamp, sizeof(stamp), "%F %T", &tm);
		snprintf(ms, sizeof(ms), ".%03d ", (int)(s->line->when % 1000));
	}
	return snprintf(s->out, sizeof(s->out), "%s%s" LOG_PROGRAM "[%s]: "
	    "%s\n", stamp, ms, s->line->process, s->line->text);
}

/* RFC 3164, as the C library writes it: with the time of the line. */
static int
compose_syslog(struct logsink *s)
{
	time_t when = s->line->when / 1000;
	char stamp[32] = "";
	struct tm tm;

	if (localtime_r(&when, &tm) != NULL)
		strftime(stamp, sizeof(stamp), "%b %e %T ", &tm);
	return snprintf(s->out, sizeof(s->out), "<%d>%s" LOG_PROGRAM "[%d]: "
	    "%s: %s", LOG_DAEMON | s->line->priority, stamp, (int)getpid(),
	    s->line->process, s->line->text);
}

static ssize_t
put_out(struct logsink *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLOUT };
	const char *from = s->out + s->off;
	size_t len = s->len - s->off;

	switch (s->way) {
	case WAY_SOCKET:
		return send(s->fd, from, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	case WAY_SHARED:
		if (poll(&pfd, 1, 0) != 1) {
			errno = EAGAIN;
			return -1;
		}
		return write(s->fd, from, len);
	case WAY_OWN:
		return write(s->fd, from, len);
	default:
		errno = ENOTCONN;
		return -1;
	}
}

/*
 * Wait for a slow reader.  After an error, such as a full disk or a closed
 * pipe, try again from time to time.
 */
static void
wait_for_room(struct logsink *s, int error)
{
	struct timeval tv = { RETRY, 0 };

	if (error == EAGAIN && s->writing != NULL &&
	    event_add(s->writing, NULL) == 0)
		s->waiting = true;
	else
		s->waiting = evtimer_add(s->retry, &tv) == 0;
}

static void
on_room(evutil_socket_t fd, short what, void *arg)
{
	struct logsink *s = arg;

	(void)fd;
	(void)what;
	s->waiting = false;
	(void)push(s);
}

static void
on_retry(evutil_socket_t fd, short what, void *arg)
{
	struct logsink *s = arg;

	(void)fd;
	(void)what;
	s->waiting = false;
	if (s->syslog)
		connect_syslog(s);
	(void)push(s);
}

static void
on_later(evutil_socket_t fd, short what, void *arg)
{
	struct logsink *s = arg;

	(void)fd;
	(void)what;
	if (!s->waiting)
		(void)push(s);
}
