/* SPDX-License-Identifier: ISC */
/* Changes of the core's table are written to disk, a few at a time. */
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <sys/timerfd.h>

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <event2/event.h>

#include "common/clock.h"
#include "common/log.h"
#include "engine/store/file.h"
#include "engine/store/store.h"

#define BATCH_MS	200		/* changes are collected so long */
#define BATCH_MAX	4096		/* records: milliseconds of the loop */
#define RETRY_MAX_S	60
#define FORGOTTEN_MAX	65536		/* keys; others: at a restart */
#define FORGET_KEY	9		/* longest key that is stored */
#define CLOSE_S		2
#define FAR_FUTURE	8000000000LL	/* s since 1970 */

struct forgotten {
	STAILQ_ENTRY(forgotten)	entry;
	uint8_t			keylen;
	uint8_t			key[FORGET_KEY];
};

/*
 * Two flushes of a disk take 10 ms on an SSD and a second on a worn SD card,
 * and stations' packets must not wait: so a thread of its own writes, one
 * batch at a time.  The batch belongs to the thread while `given` is set and
 * to the loop while it is not.  Changes made meanwhile are in the core's table
 * anyway: nothing is queued, and nothing is lost.  LMDB without flushes would
 * need no thread, but a power cut, which is how most access points are
 * switched off, could damage the file.
 */
struct store {
	struct store_file		*file;
	struct core			*core;
	struct event_base		*base;
	struct event			*timer, *written, *clock;
	int				 written_fd, clock_fd;
	STAILQ_HEAD(, forgotten)	 forgotten;
	unsigned int			 nforgotten;
	uint64_t			 max_data;
	bool				 waking;	/* the timer is set */
	/* its result was not read yet */
	bool				 busy;
	/* the batch did not hold all */
	bool				 full;
	/* s; 0: last write succeeded */
	int				 retry;

	pthread_t			 thread;
	bool				 has_thread;
	pthread_mutex_t			 mutex;
	pthread_cond_t			 cond;
	bool				 up, given, stop;
	int				 result;
	struct store_batch		 batch;
};

static int		 thread_start(struct store *);
static void		*writer(void *);
static struct event	*watch(struct store *, int, event_callback_fn);
static void		 load_one(void *, const struct stored *);
static void		 wake_in(struct store *, int64_t ms);
static void		 on_timer(evutil_socket_t, short, void *);
static void		 on_written(evutil_socket_t, short, void *);
static void		 on_clock(evutil_socket_t, short, void *);
static bool		 fill(struct store *);
static int		 fill_forgotten(struct store *);
static void		 give(struct store *);
static bool		 finish(struct store *);
static void		 give_up(struct store *, int);
static void		 forgotten_clear(struct store *);

struct store *
store_open(struct event_base *base, const char *dir, const char *shown)
{
	struct itimerspec	 never = { .it_value.tv_sec = FAR_FUTURE };
	struct store		*st;

	if ((st = calloc(1, sizeof(*st))) == NULL)
		fatal("state");
	st->base = base;
	st->written_fd = st->clock_fd = -1;
	STAILQ_INIT(&st->forgotten);
	if ((st->file = store_file_open(dir, shown)) == NULL) {
		free(st);
		return NULL;
	}
	if (!store_file_writable(st->file))
		return st;
	/* It becomes readable when the system clock is set. */
	st->clock_fd = timerfd_create(CLOCK_REALTIME,
	    TFD_CLOEXEC | TFD_NONBLOCK);
	if (st->clock_fd != -1)
		(void)timerfd_settime(st->clock_fd, TFD_TIMER_ABSTIME |
		    TFD_TIMER_CANCEL_ON_SET, &never, NULL);
	st->written_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	st->timer = evtimer_new(base, on_timer, st);
	st->written = watch(st, st->written_fd, on_written);
	if (st->written_fd == -1 || st->timer == NULL ||
	    st->written == NULL || thread_start(st) == -1)
		fatal("state: writer");
	if (st->clock_fd != -1)
		st->clock = watch(st, st->clock_fd, on_clock);
	return st;
}

static struct event *
watch(struct store *st, int fd, event_callback_fn call)
{
	struct event	*ev;

	ev = event_new(st->base, fd, EV_READ | EV_PERSIST, call, st);
	if (ev != NULL && event_add(ev, NULL) == -1) {
		event_free(ev);
		ev = NULL;
	}
	return ev;
}

/* Returns when the thread runs: the sandbox forbids to start threads. */
static int
thread_start(struct store *st)
{
	pthread_condattr_t	attr;
	sigset_t		all, old;
	int			error;

	/*
	 * One heap for both: they run in turn, and a second heap needs memory.
	 */
	(void)mallopt(M_ARENA_MAX, 1);
	pthread_mutex_init(&st->mutex, NULL);
	pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&st->cond, &attr);
	pthread_condattr_destroy(&attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	error = pthread_create(&st->thread, NULL, writer, st);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (error != 0) {
		errno = error;
		return -1;
	}
	pthread_mutex_lock(&st->mutex);
	while (!st->up)
		pthread_cond_wait(&st->cond, &st->mutex);
	pthread_mutex_unlock(&st->mutex);
	st->has_thread = true;
	return 0;
}

static void *
writer(void *arg)
{
	static const uint64_t	 one = 1;
	struct store		*st = arg;
	int			 rc;

	pthread_mutex_lock(&st->mutex);
	st->up = true;
	pthread_cond_broadcast(&st->cond);
	for (;;) {
		while (!st->given && !st->stop)
			pthread_cond_wait(&st->cond, &st->mutex);
		if (!st->given)
			break;
		pthread_mutex_unlock(&st->mutex);
		rc = store_file_write(st->file, &st->batch);
		pthread_mutex_lock(&st->mutex);
		st->result = rc;
		st->given = false;
		pthread_cond_broadcast(&st->cond);
		(void)!write(st->written_fd, &one, sizeof(one));
	}
	pthread_mutex_unlock(&st->mutex);
	return NULL;
}

size_t
store_fds(const struct store *st, int *fds, size_t max)
{
	return st == NULL ? 0 : store_file_fds(st->file, fds, max);
}

struct loading {
	struct store	*store;
	monotime_t	 now;
	uint32_t	 loaded;
};

static void
load_one(void *arg, const struct stored *s)
{
	struct loading	*l = arg;

	if (core_store_load(l->store->core, s, l->now) == 0)
		l->loaded++;
	else
		store_forgotten(l->store, s->data, s->keylen);
}

void
store_load(struct store *st, struct core *core, const struct conf *conf,
    monotime_t now)
{
	struct store_clock	clock = { clock_wall(), now };
	struct loading		l = { st, now, 0 };

	if (st == NULL)
		return;
	st->core = core;
	st->max_data = conf->global.max_data;
	if (store_file_load(st->file, &clock, load_one, &l) == -1)
		log_warnx("state %s: cannot be read",
		    store_file_name(st->file));
	else
		log_debug("state %s: %u entries", store_file_name(st->file),
		    l.loaded);
	if (st->has_thread)
		core_store_start(core);
}

void
store_conf(struct store *st, const struct conf *conf)
{
	if (st != NULL)
		st->max_data = conf->global.max_data;
}

static void
wake_in(struct store *st, int64_t ms)
{
	struct timeval	tv = { ms / 1000, ms % 1000 * 1000 };

	st->waking = true;
	evtimer_add(st->timer, &tv);
}

void
store_wake(struct store *st)
{
	if (st == NULL || !st->has_thread || st->waking)
		return;
	wake_in(st, BATCH_MS);
}

void
store_forgotten(struct store *st, const uint8_t *key, uint8_t keylen)
{
	struct forgotten	*f;

	if (st == NULL || !st->has_thread || keylen > FORGET_KEY ||
	    st->nforgotten >= FORGOTTEN_MAX ||
	    (f = calloc(1, sizeof(*f))) == NULL)
		return;
	f->keylen = keylen;
	memcpy(f->key, key, keylen);
	STAILQ_INSERT_TAIL(&st->forgotten, f, entry);
	st->nforgotten++;
	store_wake(st);
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct store	*st = arg;

	(void)fd;
	(void)what;
	st->waking = false;
	if (st->busy) {
		wake_in(st, BATCH_MS);	/* the disk is slow */
		return;
	}
	if (st->retry > 0 || fill(st))
		give(st);
}

/* Keys that were removed and were not added again meanwhile. */
static int
fill_forgotten(struct store *st)
{
	struct forgotten	*f;

	while ((f = STAILQ_FIRST(&st->forgotten)) != NULL &&
	    st->batch.count < BATCH_MAX) {
		if (!core_store_holds(st->core, f->key, f->keylen) &&
		    store_batch_add(&st->batch, f->key, f->keylen, NULL, 0) ==
		    -1)
			return -1;
		STAILQ_REMOVE_HEAD(&st->forgotten, entry);
		st->nforgotten--;
		free(f);
	}
	return 0;
}

/* A batch of all changes; false: there are none. */
static bool
fill(struct store *st)
{
	struct store_clock	now = { clock_wall(), clock_monotime() };
	struct stored		s;
	struct ibuf		buf;
	uint8_t			room[STORE_VALUE_MAX];

	store_batch_clear(&st->batch);
	st->batch.wall = now.wall;
	st->batch.max_data = st->max_data;
	if (fill_forgotten(st) == -1)
		goto fail;
	while (st->batch.count < BATCH_MAX && core_store_next(st->core, &s)) {
		ibuf_to(&buf, room, sizeof(room));
		if (store_record_add(&buf, &s, &now) == -1 ||
		    store_batch_add(&st->batch, s.data, s.keylen, room,
		    (uint16_t)ibuf_len(&buf)) == -1)
			goto fail;
	}
	st->full = st->batch.count >= BATCH_MAX;
	return st->batch.count > 0;
 fail:
	fatalx("state: out of memory");
}

static void
give(struct store *st)
{
	st->busy = true;
	pthread_mutex_lock(&st->mutex);
	st->given = true;
	pthread_cond_broadcast(&st->cond);
	pthread_mutex_unlock(&st->mutex);
}

static void
on_written(evutil_socket_t fd, short what, void *arg)
{
	struct store	*st = arg;
	uint64_t	 n;

	(void)what;
	if (read(fd, &n, sizeof(n)) != sizeof(n))
		return;
	st->busy = false;
	if (finish(st) && st->full && fill(st))
		give(st);
}

/* Handle the result, logged once per change; true: it is on disk. */
static bool
finish(struct store *st)
{
	int	rc;

	pthread_mutex_lock(&st->mutex);
	rc = st->result;
	pthread_mutex_unlock(&st->mutex);
	if (rc == 0) {
		if (st->retry > 0)
			log_info("state %s: is written again",
			    store_file_name(st->file));
		st->retry = 0;
		return true;
	}
	if (!store_file_passing(rc)) {
		give_up(st, rc);
		return false;
	}
	if (st->retry == 0)
		log_warnx("state %s: %s: leases are kept in memory only, "
		    "trying again", store_file_name(st->file),
		    store_file_error(rc));
	st->retry = st->retry == 0 ? 1 : st->retry * 2;
	if (st->retry > RETRY_MAX_S)
		st->retry = RETRY_MAX_S;
	st->full = true;	/* later changes did not wake us */
	wake_in(st, 1000LL * st->retry);
	return false;
}

static void
give_up(struct store *st, int rc)
{
	log_warnx("state %s: %s: leases are kept in memory only",
	    store_file_name(st->file), store_file_error(rc));
	core_store_stop(st->core);
	evtimer_del(st->timer);
	st->waking = true;		/* for ever: there are no more writes */
	forgotten_clear(st);
	st->nforgotten = FORGOTTEN_MAX;
}

static void
forgotten_clear(struct store *st)
{
	struct forgotten	*f;

	while ((f = STAILQ_FIRST(&st->forgotten)) != NULL) {
		STAILQ_REMOVE_HEAD(&st->forgotten, entry);
		free(f);
	}
}

/* The clock was set: all records have times by the former one. */
static void
on_clock(evutil_socket_t fd, short what, void *arg)
{
	struct store	*st = arg;
	uint64_t	 n;

	(void)what;
	if (read(fd, &n, sizeof(n)) == -1 && errno == ECANCELED &&
	    st->core != NULL) {
		log_debug("state %s: the clock was set: written again",
		    store_file_name(st->file));
		core_store_all(st->core);
	}
}

void
store_close(struct store *st)
{
	struct timespec	end;
	bool		more;
	int		error = 0;

	if (st == NULL)
		return;
	if (!st->has_thread) {
		store_file_close(st->file);
		free(st);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += CLOSE_S;
	more = st->core != NULL && st->retry == 0 &&
	    st->nforgotten < FORGOTTEN_MAX;
	pthread_mutex_lock(&st->mutex);
	do {
		while (st->given && error == 0)
			error = pthread_cond_timedwait(&st->cond, &st->mutex,
			    &end);
		if (error != 0 || st->result != 0)
			break;
		more = more && fill(st);
		st->given = more;
		pthread_cond_broadcast(&st->cond);
	} while (more);
	st->stop = true;
	pthread_cond_broadcast(&st->cond);
	pthread_mutex_unlock(&st->mutex);
	/* A thread that hangs in the kernel ends with the process. */
	if (error != 0)
		return;
	pthread_join(st->thread, NULL);
	store_file_close(st->file);
	event_free(st->timer);
	event_free(st->written);
	if (st->clock != NULL)
		event_free(st->clock);
	close(st->written_fd);
	if (st->clock_fd != -1)
		close(st->clock_fd);
	forgotten_clear(st);
	free(st->batch.data);
	free(st);
}
