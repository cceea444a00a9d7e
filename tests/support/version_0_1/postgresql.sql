SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE TYPE public.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);
CREATE TYPE public.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);
CREATE TYPE public.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);
CREATE FUNCTION public.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_jobs_v1(jobs public.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;
    RETURN job_ids;
END;
$$;
CREATE FUNCTION public.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;
    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;
    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;
    RETURN _job_id;
END;
$$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status public.procrastinate_job_status DEFAULT 'todo'::public.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    queueing_lock text,
    priority integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::public.procrastinate_job_status) AND (abort_requested = true))))
);
CREATE FUNCTION public.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS public.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;
 RETURN found_jobs;
END;
$$;
CREATE FUNCTION public.procrastinate_finish_job_v1(job_id bigint, end_status public.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;
CREATE FUNCTION public.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;
CREATE FUNCTION public.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;
CREATE FUNCTION public.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.blocked_images (
    guild_id bigint NOT NULL,
    fingerprint character varying(32) NOT NULL,
    reason text NOT NULL,
    by_id bigint NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.blocks (
    guild_id bigint NOT NULL,
    member_id bigint NOT NULL,
    until bigint,
    reason text NOT NULL,
    by_id bigint NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.cases (
    job_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    channel_id bigint,
    message_id bigint,
    post_text text,
    post_link character varying(16),
    tried_at bigint,
    owed integer NOT NULL
);
CREATE TABLE public.cast_images (
    cast_id bigint NOT NULL,
    place integer NOT NULL,
    content bytea NOT NULL,
    content_type character varying(32) NOT NULL,
    url text,
    url_since bigint
);
CREATE TABLE public.cast_members (
    id bigint NOT NULL,
    owner_id bigint NOT NULL,
    name character varying(32) NOT NULL,
    name_key text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.cast_shares (
    cast_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    name_key text NOT NULL,
    shared_at bigint NOT NULL
);
CREATE UNLOGGED TABLE public.channel_turns (
    channel_id bigint NOT NULL,
    kind character varying(8) NOT NULL,
    next_at double precision NOT NULL
);
CREATE TABLE public.consents (
    member_id bigint NOT NULL,
    version integer NOT NULL,
    locale character varying(16) NOT NULL,
    accepted_at bigint NOT NULL
);
CREATE TABLE public.decisions (
    id character varying(32) NOT NULL,
    guild_id bigint NOT NULL,
    job_id bigint,
    member_id bigint NOT NULL,
    kind character varying(24) NOT NULL,
    by_id bigint,
    reason text NOT NULL,
    at bigint NOT NULL,
    log_owed integer DEFAULT 1 NOT NULL,
    reason_key text DEFAULT ''::text NOT NULL
);
CREATE TABLE public.emptied_messages (
    message_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    deed character varying(16) NOT NULL,
    locale character varying(16) NOT NULL,
    due_at bigint NOT NULL
);
CREATE TABLE public.guild_settings (
    guild_id bigint NOT NULL,
    settings text NOT NULL,
    changed_at bigint NOT NULL
);
CREATE TABLE public.jobs (
    id bigint NOT NULL,
    version integer NOT NULL,
    driver character varying(64) NOT NULL,
    state character varying(16) NOT NULL,
    state_since bigint NOT NULL,
    created_at bigint NOT NULL,
    guild_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    member_id bigint NOT NULL,
    locale character varying(16) NOT NULL,
    model character varying(100) NOT NULL,
    prompt text NOT NULL,
    duration integer NOT NULL,
    aspect_ratio character varying(8) NOT NULL,
    "references" text NOT NULL,
    card_message_id bigint,
    spend_day date NOT NULL,
    reserved_usd bigint NOT NULL,
    cost_usd bigint,
    ledger_usd bigint NOT NULL,
    body text,
    body_hash character varying(64),
    submit_attempts integer NOT NULL,
    submitted_at bigint,
    segmind_time bigint,
    request_id text,
    completed_at bigint,
    output_url text,
    retry_at bigint,
    problem text,
    cancel_requested integer NOT NULL,
    post_attempts integer NOT NULL,
    post_channel_id bigint,
    post_message_id bigint,
    run_seconds double precision,
    card_owed integer DEFAULT 0 NOT NULL,
    elements text DEFAULT '[]'::text NOT NULL,
    guild_locale character varying(16) DEFAULT 'en-US'::character varying NOT NULL,
    handling text DEFAULT '{}'::text NOT NULL,
    approved integer DEFAULT 0 NOT NULL,
    hidden integer DEFAULT 0 NOT NULL,
    reason text DEFAULT ''::text NOT NULL,
    notice_owed integer DEFAULT 0 NOT NULL,
    forgotten integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.marks (
    name character varying(32) NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.member_preferences (
    member_id bigint NOT NULL,
    tell_when_done integer DEFAULT 0 NOT NULL,
    takes_no_words integer DEFAULT 0 NOT NULL,
    hinted integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.operator_blocks (
    kind character varying(8) NOT NULL,
    target_id bigint NOT NULL,
    reason text NOT NULL,
    by_id bigint NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.operator_notices (
    name character varying(80) NOT NULL,
    kind character varying(24) NOT NULL,
    detail text NOT NULL,
    at bigint NOT NULL,
    told_at bigint
);
CREATE TABLE public.orphans (
    request_id text NOT NULL,
    noted_at bigint NOT NULL,
    cost_usd bigint
);
CREATE TABLE public.paused_requests (
    id bigint NOT NULL,
    member_id bigint NOT NULL,
    facts text NOT NULL,
    paused_at bigint NOT NULL
);
CREATE TABLE public.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type public.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);
CREATE SEQUENCE public.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_events_id_seq OWNED BY public.procrastinate_events.id;
CREATE SEQUENCE public.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_jobs_id_seq OWNED BY public.procrastinate_jobs.id;
CREATE TABLE public.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);
CREATE SEQUENCE public.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.procrastinate_periodic_defers_id_seq OWNED BY public.procrastinate_periodic_defers.id;
CREATE TABLE public.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);
ALTER TABLE public.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.records (
    job_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    member_id bigint NOT NULL,
    guild_locale character varying(16) NOT NULL,
    asked_at bigint NOT NULL,
    model character varying(100) NOT NULL,
    duration integer NOT NULL,
    aspect_ratio character varying(8) NOT NULL,
    prompt text NOT NULL,
    prompt_key text NOT NULL,
    fingerprints text NOT NULL,
    state character varying(16) NOT NULL,
    state_since bigint NOT NULL,
    problem character varying(32),
    request_id text,
    cost_usd bigint,
    card_message_id bigint,
    video_channel_id bigint NOT NULL,
    video_message_id bigint,
    open integer NOT NULL,
    log_owed integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.reports (
    job_id bigint NOT NULL,
    member_id bigint NOT NULL,
    reason text NOT NULL,
    at bigint NOT NULL,
    settled integer NOT NULL
);
CREATE TABLE public.request_budget (
    name character varying(32) NOT NULL,
    arrival_time double precision NOT NULL,
    pace_share double precision DEFAULT '1'::double precision NOT NULL,
    pace_reset double precision DEFAULT '0'::double precision NOT NULL
);
CREATE TABLE public.reviews (
    job_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    channel_id bigint,
    request_message_id bigint,
    video_message_id bigint,
    tried_at bigint,
    open integer NOT NULL
);
CREATE TABLE public.spend_warnings (
    guild_id bigint NOT NULL,
    period character varying(10) NOT NULL,
    percent integer NOT NULL,
    cap_usd bigint NOT NULL,
    told_at bigint NOT NULL
);
CREATE TABLE public.spending (
    day date NOT NULL,
    usd bigint NOT NULL
);
CREATE TABLE public.usage (
    job_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    member_id bigint NOT NULL,
    asked_at bigint NOT NULL,
    spend_day date NOT NULL,
    seconds integer NOT NULL,
    usd bigint NOT NULL,
    counts integer NOT NULL,
    given_back integer DEFAULT 0 NOT NULL
);
CREATE TABLE public.wishes (
    job_id bigint NOT NULL,
    asked_at bigint NOT NULL,
    taken_at bigint,
    answer text
);
ALTER TABLE ONLY public.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_events_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_jobs_id_seq'::regclass);
ALTER TABLE ONLY public.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('public.procrastinate_periodic_defers_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('0017');
INSERT INTO public.blocked_images VALUES (900000000000000001, 'ffffffffffffffffffffffffffffffff', 'a real person', 900000000000000013, 1795521600000000);
INSERT INTO public.blocks VALUES (900000000000000001, 900000000000000014, NULL, 'spam', 900000000000000013, 1795521600000000);
INSERT INTO public.cases VALUES (910000000000000130, 900000000000000001, 900000000000000003, 910000000000000133, NULL, NULL, 1795521595000000, 0);
INSERT INTO public.cast_images VALUES (920000000000000001, 0, '\x89504e470d0a1a0a0000000d494844520000014000000140080200000042f232fd000003ba49444154789cedd3410dc02000c0c03135484422b2f0c08734b953d04fc75ef3039afed701c03d0343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20e3c5403e8185dbcce0000000049454e44ae426082', 'image/png', NULL, NULL);
INSERT INTO public.cast_images VALUES (920000000000000001, 1, '\x89504e470d0a1a0a0000000d494844520000014000000140080200000042f232fd000003ba49444154789cedd3410dc02000c0c03135484422b2f0c08734b953d04fc75ef3039afed701c03d0343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20e3c5403e8185dbcce0000000049454e44ae426082', 'image/png', NULL, NULL);
INSERT INTO public.cast_images VALUES (920000000000000002, 0, '\x89504e470d0a1a0a0000000d494844520000014000000140080200000042f232fd000003ba49444154789cedd3410dc02000c0c03135484422b2f0c08734b953d04fc75ef3039afed701c03d0343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20e3c5403e8185dbcce0000000049454e44ae426082', 'image/png', NULL, NULL);
INSERT INTO public.cast_images VALUES (920000000000000002, 1, '\x89504e470d0a1a0a0000000d494844520000014000000140080200000042f232fd000003ba49444154789cedd3410dc02000c0c03135484422b2f0c08734b953d04fc75ef3039afed701c03d0343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20c0c610686300343988121ccc0106660083330841918c20e3c5403e8185dbcce0000000049454e44ae426082', 'image/png', NULL, NULL);
INSERT INTO public.cast_members VALUES (920000000000000001, 900000000000000011, 'Fox', 'fox', 1795521600000000);
INSERT INTO public.cast_members VALUES (920000000000000002, 900000000000000012, 'Owl', 'owl', 1795521600000000);
INSERT INTO public.cast_shares VALUES (920000000000000002, 900000000000000001, 'owl', 1795521600000000);
INSERT INTO public.consents VALUES (900000000000000011, 1, 'en-US', 1795521600000000);
INSERT INTO public.consents VALUES (900000000000000012, 1, 'en-US', 1795521600000000);
INSERT INTO public.decisions VALUES ('e549530592f54a07beaed957ea46e229', 900000000000000001, 910000000000000170, 900000000000000011, 'REJECTED', 900000000000000013, 'Not for this channel', 1795521595000000, 1, 'not for this channel');
INSERT INTO public.decisions VALUES ('956898efa58e444cb812ff65147c3915', 900000000000000001, 910000000000000180, 900000000000000011, 'REJECTED', 900000000000000013, 'Not for this channel', 1795521595000000, 1, 'not for this channel');
INSERT INTO public.decisions VALUES ('b5a9cb06451946bea858478b38c67eaa', 900000000000000001, 910000000000000190, 900000000000000011, 'TAKEN_DOWN', 900000000000000013, 'Against rule 3', 1795521595000000, 1, 'against rule 3');
INSERT INTO public.guild_settings VALUES (900000000000000001, '{"cast_sharing":"MEMBERS","channel_settings":{"900000000000000002":{"per_day":60}},"channels":[900000000000000002],"durations":[10,5],"log_channel_id":900000000000000004,"member_limits":{"at_once":40,"per_day":50},"review_channel_id":900000000000000003,"review_hours":48,"spend_per_day_usd":"400","words":["gore*","casino"]}', 1795521600000000);
INSERT INTO public.jobs VALUES (910000000000000010, 1, '', 'ACCEPTED', 1795521570000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, accepted', 5, '16:9', '[{"card_name":null,"content_type":"image/png","filename":"photo.png","fingerprint":"","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', NULL, '2026-11-24', 1350000, NULL, 1350000, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000020, 3, '', 'HELD', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, held', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000021, '2026-11-24', 1350000, NULL, 1350000, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"BEFORE_SPENDING","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000030, 2, '', 'PREPARING', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, preparing', 5, '16:9', '[{"card_name":null,"content_type":"image/png","filename":"photo.png","fingerprint":"","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000031, '2026-11-24', 1350000, NULL, 1350000, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000040, 3, '', 'WAITING', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, waiting with @Fox', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000041, '2026-11-24', 1350000, NULL, 1350000, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[{"card_name":"element1.png","cast_id":920000000000000001,"fingerprints":[],"frontal_url":"https://storage.segmind.com/version-0-1/fox-1.png","name":"Fox","owner_id":900000000000000011,"reference_urls":["https://storage.segmind.com/version-0-1/fox-2.png"]}]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000050, 4, '', 'SUBMITTING', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, submitting', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000051, '2026-11-24', 1350000, NULL, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, submitting"}', '914d6a276086f4a3d63b336bfb81cbe839cc5351b75ed7e21906670770402a83', 1, 1795521595000000, 1795521595000000, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000060, 5, '', 'UNCONFIRMED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, unconfirmed', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000061, '2026-11-24', 1350000, NULL, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, unconfirmed"}', '10aff14a989839aa530013001d98dc3fe6811672a01709ba3327af512f967de1', 1, 1795521595000000, 1795521595000000, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000070, 5, '', 'QUEUED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, queued', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000071, '2026-11-24', 1350000, NULL, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, queued"}', 'faaead4e04e4231b192a0737fc2ac0b7bfdd026a9eeb1593a2fdee5f105617c1', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000006', NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000080, 6, '', 'PROCESSING', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, processing', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000081, '2026-11-24', 1350000, NULL, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, processing"}', 'ee9fc7a8c5460837155f8eb69d0a064d5b61ea768bcda7b4e0d090cb095984b1', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000007', NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":true,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000090, 7, '', 'COMPLETED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, completed', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000091, '2026-11-24', 1350000, 1350000, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, completed"}', '51c1252f6cdc6dda47b8c254648a91e12a8ae18a2d2923bdf22f4a6ee559fd78', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000008', 1795521596000000, 'https://images.segmind.com/version-0-1/completed.mp4', NULL, NULL, 0, 0, NULL, NULL, 61.5, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000100, 8, '', 'REVIEW', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, review', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000101, '2026-11-24', 1350000, 1350000, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, review"}', 'f2887f51276742d161842d621b416e1132119cb4c09f71b9869b024f802f2c18', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000009', 1795521596000000, 'https://images.segmind.com/version-0-1/review.mp4', NULL, NULL, 0, 0, NULL, NULL, 61.5, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"BEFORE_POSTING","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000110, 8, '', 'POSTING', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, posting', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000111, '2026-11-24', 1350000, 1350000, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, posting"}', 'cd1224f34746d86477f2bebff2413ca52667549824807bef35164de1acb0c9a8', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000010', 1795521596000000, 'https://images.segmind.com/version-0-1/posting.mp4', NULL, NULL, 0, 1, NULL, NULL, 61.5, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000120, 9, '', 'UNDELIVERED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, undelivered', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000121, '2026-11-24', 1350000, 1350000, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, undelivered"}', '82f76a8a0174d3b08882ade691f52e39fdc53d92ee7792e3510680264cbe496c', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000011', 1795521596000000, 'https://images.segmind.com/version-0-1/undelivered.mp4', NULL, '{"code":"CHANNEL","detail":"403 50013","image":null}', 0, 1, NULL, NULL, 61.5, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000180, 9, '', 'WITHHELD', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, withheld', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000181, '2026-11-24', 1350000, 1350000, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, withheld"}', 'dff87cd2fec566dd9502a4dd0a3ba3add2f0f3d65be0c7a949701077f0b1ddaa', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000017', 1795521596000000, 'https://images.segmind.com/version-0-1/withheld.mp4', NULL, '{"code":"NOT_APPROVED","detail":"","image":null}', 0, 0, NULL, NULL, 61.5, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"BEFORE_POSTING","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, 'Not for this channel', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000190, 10, '', 'TAKEN_DOWN', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, taken_down', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000191, '2026-11-24', 1350000, 1350000, 1350000, '{"aspect_ratio":"16:9","duration":5,"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, taken_down"}', '6ca3e730e667eacadeb55d1bd369aa5ae00a08a92915b9b3fc7251492f90af53', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000018', 1795521596000000, 'https://images.segmind.com/version-0-1/taken_down.mp4', NULL, '{"code":"REMOVED","detail":"","image":null}', 0, 1, NULL, 910000000000000192, 61.5, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, 'Against rule 3', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000130, 9, '', 'DELIVERED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, delivered with @Fox', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000131, '2026-11-24', 1350000, 1350000, 1350000, '{"aspect_ratio":"16:9","duration":5,"elements":[{"frontal_image_url":"https://storage.segmind.com/version-0-1/fox-1.png","reference_image_urls":["https://storage.segmind.com/version-0-1/fox-2.png"]}],"image_urls":["https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555"],"prompt":"@Image1 walks through the rain, delivered with @Element1"}', 'c438c5d09aaa6f5db611c9a7b3237b65574a65085f090725a6ff41f21191bc5f', 1, 1795521595000000, 1795521595000000, '01000000-0000-4000-8000-000000000012', 1795521596000000, 'https://images.segmind.com/version-0-1/delivered.mp4', NULL, NULL, 0, 1, NULL, 910000000000000132, 61.5, 0, '[{"card_name":"element1.png","cast_id":920000000000000001,"fingerprints":[],"frontal_url":"https://storage.segmind.com/version-0-1/fox-1.png","name":"Fox","owner_id":900000000000000011,"reference_urls":["https://storage.segmind.com/version-0-1/fox-2.png"]}]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000140, 3, '', 'FAILED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, failed', 5, '16:9', '[{"card_name":null,"content_type":"image/png","filename":"photo.png","fingerprint":"","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000141, '2026-11-24', 1350000, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"code":"IMAGE","detail":"not_an_image","image":1}', 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000150, 4, '', 'CANCELLED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, cancelled', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000151, '2026-11-24', 1350000, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000160, 2, '', 'EXPIRED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, expired', 5, '16:9', '[{"card_name":null,"content_type":"image/png","filename":"photo.png","fingerprint":"","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', NULL, '2026-11-24', 1350000, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"OFF","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, '', 0, 0);
INSERT INTO public.jobs VALUES (910000000000000170, 4, '', 'REJECTED', 1795521595000000, 1795521570000000, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 'kling-o1-reference-image-to-video', '@Image1 walks through the rain, rejected', 5, '16:9', '[{"card_name":"image1.png","content_type":"image/png","filename":"photo.png","fingerprint":"0000000000000001ffffffffffffffff","height":320,"lasting_url":null,"size":4000,"url":"https://cdn.discordapp.com/attachments/900000000000000002/900000000000000021/photo.png?ex=6a1b2c3d&is=69f8dabd&hm=5555555555555555555555555555555555555555555555555555555555555555","width":400}]', 910000000000000171, '2026-11-24', 1350000, NULL, 0, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, '{"code":"NOT_APPROVED","detail":"","image":null}', 0, 0, NULL, NULL, NULL, 0, '[]', 'en-US', '{"age_restricted":false,"link_to_original":true,"output_channel_id":null,"review":"BEFORE_SPENDING","review_hours":24,"spoiler":false,"spoiler_asked":false}', 0, 0, 'Not for this channel', 0, 0);
INSERT INTO public.marks VALUES ('history_watched_since', 1795435200000000);
INSERT INTO public.member_preferences VALUES (900000000000000011, 1, 0, 0);
INSERT INTO public.operator_notices VALUES ('CREDITS:', 'CREDITS', '3.20', 1795521600000000, NULL);
INSERT INTO public.paused_requests VALUES (930000000000000001, 900000000000000012, '{"prompt":"a quiet harbor"}', 1795521600000000);
INSERT INTO public.procrastinate_events VALUES (1, 1, 'deferred', '2026-11-30 08:22:21.955539+00');
INSERT INTO public.procrastinate_events VALUES (2, 2, 'deferred', '2026-11-30 08:22:22.213387+00');
INSERT INTO public.procrastinate_events VALUES (3, 3, 'deferred', '2026-11-30 08:22:22.311476+00');
INSERT INTO public.procrastinate_events VALUES (4, 5, 'deferred', '2026-11-30 08:22:22.472156+00');
INSERT INTO public.procrastinate_events VALUES (5, 8, 'deferred', '2026-11-30 08:22:22.729551+00');
INSERT INTO public.procrastinate_events VALUES (6, 12, 'deferred', '2026-11-30 08:22:22.969927+00');
INSERT INTO public.procrastinate_events VALUES (7, 16, 'deferred', '2026-11-30 08:22:23.22268+00');
INSERT INTO public.procrastinate_events VALUES (8, 21, 'deferred', '2026-11-30 08:22:23.57279+00');
INSERT INTO public.procrastinate_events VALUES (9, 27, 'deferred', '2026-11-30 08:22:23.890003+00');
INSERT INTO public.procrastinate_events VALUES (10, 33, 'deferred', '2026-11-30 08:22:24.408246+00');
INSERT INTO public.procrastinate_events VALUES (11, 40, 'deferred', '2026-11-30 08:22:24.969818+00');
INSERT INTO public.procrastinate_events VALUES (12, 47, 'deferred', '2026-11-30 08:22:25.379121+00');
INSERT INTO public.procrastinate_events VALUES (13, 54, 'deferred', '2026-11-30 08:22:25.89111+00');
INSERT INTO public.procrastinate_events VALUES (14, 55, 'deferred', '2026-11-30 08:22:26.112941+00');
INSERT INTO public.procrastinate_events VALUES (15, 57, 'deferred', '2026-11-30 08:22:26.439964+00');
INSERT INTO public.procrastinate_events VALUES (16, 58, 'deferred', '2026-11-30 08:22:26.760729+00');
INSERT INTO public.procrastinate_events VALUES (17, 64, 'deferred', '2026-11-30 08:22:28.034227+00');
INSERT INTO public.procrastinate_jobs VALUES (1, 'default', 'drive', '910000000000000020', '{"job_id": 910000000000000020}', 'todo', NULL, 0, '910000000000000020', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (2, 'default', 'drive', '910000000000000030', '{"job_id": 910000000000000030}', 'todo', NULL, 0, '910000000000000030', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (3, 'default', 'drive', '910000000000000040', '{"job_id": 910000000000000040}', 'todo', NULL, 0, '910000000000000040', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (5, 'default', 'drive', '910000000000000050', '{"job_id": 910000000000000050}', 'todo', NULL, 0, '910000000000000050', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (8, 'default', 'drive', '910000000000000060', '{"job_id": 910000000000000060}', 'todo', NULL, 0, '910000000000000060', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (12, 'default', 'drive', '910000000000000070', '{"job_id": 910000000000000070}', 'todo', NULL, 0, '910000000000000070', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (16, 'default', 'drive', '910000000000000080', '{"job_id": 910000000000000080}', 'todo', NULL, 0, '910000000000000080', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (21, 'default', 'drive', '910000000000000090', '{"job_id": 910000000000000090}', 'todo', NULL, 0, '910000000000000090', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (27, 'default', 'drive', '910000000000000100', '{"job_id": 910000000000000100}', 'todo', NULL, 0, '910000000000000100', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (33, 'default', 'drive', '910000000000000110', '{"job_id": 910000000000000110}', 'todo', NULL, 0, '910000000000000110', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (40, 'default', 'drive', '910000000000000120', '{"job_id": 910000000000000120}', 'todo', NULL, 0, '910000000000000120', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (47, 'default', 'drive', '910000000000000130', '{"job_id": 910000000000000130}', 'todo', NULL, 0, '910000000000000130', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (54, 'default', 'drive', '910000000000000140', '{"job_id": 910000000000000140}', 'todo', NULL, 0, '910000000000000140', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (55, 'default', 'drive', '910000000000000150', '{"job_id": 910000000000000150}', 'todo', NULL, 0, '910000000000000150', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (57, 'default', 'drive', '910000000000000170', '{"job_id": 910000000000000170}', 'todo', NULL, 0, '910000000000000170', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (58, 'default', 'drive', '910000000000000180', '{"job_id": 910000000000000180}', 'todo', NULL, 0, '910000000000000180', 0, false, NULL);
INSERT INTO public.procrastinate_jobs VALUES (64, 'default', 'drive', '910000000000000190', '{"job_id": 910000000000000190}', 'todo', NULL, 0, '910000000000000190', 0, false, NULL);
INSERT INTO public.records VALUES (910000000000000010, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, accepted', '@image1 walks through the rain, accepted', '[]', 'ACCEPTED', 1795521570000000, NULL, NULL, NULL, NULL, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000190, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, taken_down', '@image1 walks through the rain, taken_down', '["0000000000000001ffffffffffffffff"]', 'TAKEN_DOWN', 1795521595000000, 'REMOVED', '01000000-0000-4000-8000-000000000018', 1350000, 910000000000000191, 900000000000000002, 910000000000000192, 0, 1);
INSERT INTO public.records VALUES (910000000000000020, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, held', '@image1 walks through the rain, held', '["0000000000000001ffffffffffffffff"]', 'HELD', 1795521595000000, NULL, NULL, NULL, 910000000000000021, 900000000000000002, NULL, 0, 0);
INSERT INTO public.records VALUES (910000000000000030, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, preparing', '@image1 walks through the rain, preparing', '[]', 'PREPARING', 1795521595000000, NULL, NULL, NULL, 910000000000000031, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000080, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, processing', '@image1 walks through the rain, processing', '["0000000000000001ffffffffffffffff"]', 'PROCESSING', 1795521595000000, NULL, '01000000-0000-4000-8000-000000000007', NULL, 910000000000000081, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000040, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, waiting with @Fox', '@image1 walks through the rain, waiting with @fox', '["0000000000000001ffffffffffffffff"]', 'WAITING', 1795521595000000, NULL, NULL, NULL, 910000000000000041, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000120, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, undelivered', '@image1 walks through the rain, undelivered', '["0000000000000001ffffffffffffffff"]', 'UNDELIVERED', 1795521595000000, 'CHANNEL', '01000000-0000-4000-8000-000000000011', 1350000, 910000000000000121, 900000000000000002, NULL, 1, 1);
INSERT INTO public.records VALUES (910000000000000050, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, submitting', '@image1 walks through the rain, submitting', '["0000000000000001ffffffffffffffff"]', 'SUBMITTING', 1795521595000000, NULL, NULL, NULL, 910000000000000051, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000140, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, failed', '@image1 walks through the rain, failed', '[]', 'FAILED', 1795521595000000, 'IMAGE', NULL, NULL, 910000000000000141, 900000000000000002, NULL, 1, 1);
INSERT INTO public.records VALUES (910000000000000060, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, unconfirmed', '@image1 walks through the rain, unconfirmed', '["0000000000000001ffffffffffffffff"]', 'UNCONFIRMED', 1795521595000000, NULL, NULL, NULL, 910000000000000061, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000180, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, withheld', '@image1 walks through the rain, withheld', '["0000000000000001ffffffffffffffff"]', 'WITHHELD', 1795521595000000, 'NOT_APPROVED', '01000000-0000-4000-8000-000000000017', 1350000, 910000000000000181, 900000000000000002, NULL, 0, 1);
INSERT INTO public.records VALUES (910000000000000090, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, completed', '@image1 walks through the rain, completed', '["0000000000000001ffffffffffffffff"]', 'COMPLETED', 1795521595000000, NULL, '01000000-0000-4000-8000-000000000008', 1350000, 910000000000000091, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000070, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, queued', '@image1 walks through the rain, queued', '["0000000000000001ffffffffffffffff"]', 'QUEUED', 1795521595000000, NULL, '01000000-0000-4000-8000-000000000006', NULL, 910000000000000071, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000110, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, posting', '@image1 walks through the rain, posting', '["0000000000000001ffffffffffffffff"]', 'POSTING', 1795521595000000, NULL, '01000000-0000-4000-8000-000000000010', 1350000, 910000000000000111, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000150, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, cancelled', '@image1 walks through the rain, cancelled', '["0000000000000001ffffffffffffffff"]', 'CANCELLED', 1795521595000000, NULL, NULL, NULL, 910000000000000151, 900000000000000002, NULL, 1, 1);
INSERT INTO public.records VALUES (910000000000000160, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, expired', '@image1 walks through the rain, expired', '[]', 'EXPIRED', 1795521595000000, NULL, NULL, NULL, NULL, 900000000000000002, NULL, 1, 0);
INSERT INTO public.records VALUES (910000000000000130, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, delivered with @Fox', '@image1 walks through the rain, delivered with @fox', '["0000000000000001ffffffffffffffff"]', 'DELIVERED', 1795521595000000, NULL, '01000000-0000-4000-8000-000000000012', 1350000, 910000000000000131, 900000000000000002, 910000000000000132, 1, 1);
INSERT INTO public.records VALUES (910000000000000100, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, review', '@image1 walks through the rain, review', '["0000000000000001ffffffffffffffff"]', 'REVIEW', 1795521595000000, NULL, '01000000-0000-4000-8000-000000000009', 1350000, 910000000000000101, 900000000000000002, NULL, 0, 0);
INSERT INTO public.records VALUES (910000000000000170, 900000000000000001, 900000000000000002, 900000000000000011, 'en-US', 1795521570000000, 'kling-o1-reference-image-to-video', 5, '16:9', '@Image1 walks through the rain, rejected', '@image1 walks through the rain, rejected', '["0000000000000001ffffffffffffffff"]', 'REJECTED', 1795521595000000, 'NOT_APPROVED', NULL, NULL, 910000000000000171, 900000000000000002, NULL, 0, 1);
INSERT INTO public.reports VALUES (910000000000000130, 900000000000000012, 'This shows me', 1795521595000000, 0);
INSERT INTO public.reviews VALUES (910000000000000020, 900000000000000001, 900000000000000003, 910000000000000023, NULL, 1795521595000000, 1);
INSERT INTO public.reviews VALUES (910000000000000100, 900000000000000001, 900000000000000003, 910000000000000103, 910000000000000104, 1795521595000000, 1);
INSERT INTO public.spending VALUES ('2026-11-24', 20250000);
INSERT INTO public.usage VALUES (910000000000000010, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000020, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000030, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000040, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000050, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000060, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000070, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000080, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000090, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000100, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000110, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000120, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000130, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000140, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 0, 0, 0);
INSERT INTO public.usage VALUES (910000000000000150, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 0, 0, 0);
INSERT INTO public.usage VALUES (910000000000000160, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 0, 0, 0);
INSERT INTO public.usage VALUES (910000000000000170, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 0, 0, 0);
INSERT INTO public.usage VALUES (910000000000000180, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
INSERT INTO public.usage VALUES (910000000000000190, 900000000000000001, 900000000000000002, 900000000000000011, 1795521570000000, '2026-11-24', 5, 1350000, 1, 0);
SELECT pg_catalog.setval('public.procrastinate_events_id_seq', 17, true);
SELECT pg_catalog.setval('public.procrastinate_jobs_id_seq', 70, true);
SELECT pg_catalog.setval('public.procrastinate_periodic_defers_id_seq', 1, false);
SELECT pg_catalog.setval('public.procrastinate_workers_id_seq', 1, false);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.blocked_images
    ADD CONSTRAINT pk_blocked_images PRIMARY KEY (guild_id, fingerprint);
ALTER TABLE ONLY public.blocks
    ADD CONSTRAINT pk_blocks PRIMARY KEY (guild_id, member_id);
ALTER TABLE ONLY public.cases
    ADD CONSTRAINT pk_cases PRIMARY KEY (job_id);
ALTER TABLE ONLY public.cast_images
    ADD CONSTRAINT pk_cast_images PRIMARY KEY (cast_id, place);
ALTER TABLE ONLY public.cast_members
    ADD CONSTRAINT pk_cast_members PRIMARY KEY (id);
ALTER TABLE ONLY public.cast_shares
    ADD CONSTRAINT pk_cast_shares PRIMARY KEY (cast_id, guild_id);
ALTER TABLE ONLY public.channel_turns
    ADD CONSTRAINT pk_channel_turns PRIMARY KEY (channel_id, kind);
ALTER TABLE ONLY public.consents
    ADD CONSTRAINT pk_consents PRIMARY KEY (member_id, version);
ALTER TABLE ONLY public.decisions
    ADD CONSTRAINT pk_decisions PRIMARY KEY (id);
ALTER TABLE ONLY public.emptied_messages
    ADD CONSTRAINT pk_emptied_messages PRIMARY KEY (message_id);
ALTER TABLE ONLY public.guild_settings
    ADD CONSTRAINT pk_guild_settings PRIMARY KEY (guild_id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT pk_jobs PRIMARY KEY (id);
ALTER TABLE ONLY public.marks
    ADD CONSTRAINT pk_marks PRIMARY KEY (name);
ALTER TABLE ONLY public.member_preferences
    ADD CONSTRAINT pk_member_preferences PRIMARY KEY (member_id);
ALTER TABLE ONLY public.operator_blocks
    ADD CONSTRAINT pk_operator_blocks PRIMARY KEY (kind, target_id);
ALTER TABLE ONLY public.operator_notices
    ADD CONSTRAINT pk_operator_notices PRIMARY KEY (name);
ALTER TABLE ONLY public.orphans
    ADD CONSTRAINT pk_orphans PRIMARY KEY (request_id);
ALTER TABLE ONLY public.paused_requests
    ADD CONSTRAINT pk_paused_requests PRIMARY KEY (id);
ALTER TABLE ONLY public.records
    ADD CONSTRAINT pk_records PRIMARY KEY (job_id);
ALTER TABLE ONLY public.reports
    ADD CONSTRAINT pk_reports PRIMARY KEY (job_id, member_id);
ALTER TABLE ONLY public.request_budget
    ADD CONSTRAINT pk_request_budget PRIMARY KEY (name);
ALTER TABLE ONLY public.reviews
    ADD CONSTRAINT pk_reviews PRIMARY KEY (job_id);
ALTER TABLE ONLY public.spend_warnings
    ADD CONSTRAINT pk_spend_warnings PRIMARY KEY (guild_id, period, percent, cap_usd);
ALTER TABLE ONLY public.spending
    ADD CONSTRAINT pk_spending PRIMARY KEY (day);
ALTER TABLE ONLY public.usage
    ADD CONSTRAINT pk_usage PRIMARY KEY (job_id);
ALTER TABLE ONLY public.wishes
    ADD CONSTRAINT pk_wishes PRIMARY KEY (job_id);
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);
ALTER TABLE ONLY public.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.cast_members
    ADD CONSTRAINT uq_cast_members_owner_id_name_key UNIQUE (owner_id, name_key);
ALTER TABLE ONLY public.cast_shares
    ADD CONSTRAINT uq_cast_shares_guild_id_name_key UNIQUE (guild_id, name_key);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT uq_jobs_request_id UNIQUE (request_id);
CREATE INDEX idx_procrastinate_jobs_worker_not_null ON public.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::public.procrastinate_job_status));
CREATE INDEX idx_procrastinate_workers_last_heartbeat ON public.procrastinate_workers USING btree (last_heartbeat);
CREATE INDEX ix_cases_owed ON public.cases USING btree (owed) WHERE (owed > 0);
CREATE INDEX ix_decisions_guild_id_member_id ON public.decisions USING btree (guild_id, member_id);
CREATE INDEX ix_decisions_job_id ON public.decisions USING btree (job_id);
CREATE INDEX ix_decisions_log_owed ON public.decisions USING btree (log_owed) WHERE (log_owed > 0);
CREATE INDEX ix_emptied_messages_due_at ON public.emptied_messages USING btree (due_at);
CREATE INDEX ix_jobs_body_hash ON public.jobs USING btree (body_hash);
CREATE INDEX ix_jobs_card_owed ON public.jobs USING btree (card_owed) WHERE (card_owed > 0);
CREATE INDEX ix_jobs_completed_at ON public.jobs USING btree (completed_at) WHERE (run_seconds IS NOT NULL);
CREATE INDEX ix_jobs_forgotten ON public.jobs USING btree (forgotten) WHERE (forgotten > 0);
CREATE INDEX ix_jobs_member_id_created_at ON public.jobs USING btree (member_id, created_at);
CREATE INDEX ix_jobs_notice_owed ON public.jobs USING btree (notice_owed) WHERE (notice_owed > 0);
CREATE INDEX ix_jobs_state_state_since ON public.jobs USING btree (state, state_since);
CREATE INDEX ix_jobs_submitted_at ON public.jobs USING btree (submitted_at);
CREATE INDEX ix_paused_requests_member_id ON public.paused_requests USING btree (member_id);
CREATE INDEX ix_paused_requests_paused_at ON public.paused_requests USING btree (paused_at);
CREATE INDEX ix_records_guild_id_asked_at ON public.records USING btree (guild_id, asked_at);
CREATE INDEX ix_records_log_owed ON public.records USING btree (log_owed) WHERE (log_owed > 0);
CREATE INDEX ix_records_member_id ON public.records USING btree (member_id);
CREATE INDEX ix_reviews_open ON public.reviews USING btree (open) WHERE (open > 0);
CREATE INDEX ix_usage_asked_at ON public.usage USING btree (asked_at);
CREATE INDEX ix_usage_guild_id_member_id_asked_at ON public.usage USING btree (guild_id, member_id, asked_at);
CREATE INDEX ix_usage_guild_id_spend_day ON public.usage USING btree (guild_id, spend_day);
CREATE INDEX procrastinate_events_job_id_fkey_v1 ON public.procrastinate_events USING btree (job_id);
CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON public.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::public.procrastinate_job_status, 'doing'::public.procrastinate_job_status]));
CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON public.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_priority_idx_v1 ON public.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON public.procrastinate_jobs USING btree (queue_name);
CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON public.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::public.procrastinate_job_status);
CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON public.procrastinate_periodic_defers USING btree (job_id);
CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_notify_queue_abort_job_v1();
CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_notify_queue_job_inserted_v1();
CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION public.procrastinate_trigger_abort_requested_events_procedure_v1();
CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_unlink_periodic_defers_v1();
CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON public.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::public.procrastinate_job_status))) EXECUTE FUNCTION public.procrastinate_trigger_function_scheduled_events_v1();
CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON public.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::public.procrastinate_job_status)) EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_insert_v1();
CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON public.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION public.procrastinate_trigger_function_status_events_update_v1();
ALTER TABLE ONLY public.cast_images
    ADD CONSTRAINT cast_images_cast_id_fkey FOREIGN KEY (cast_id) REFERENCES public.cast_members(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.cast_shares
    ADD CONSTRAINT cast_shares_cast_id_fkey FOREIGN KEY (cast_id) REFERENCES public.cast_members(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES public.procrastinate_workers(id) ON DELETE SET NULL;
ALTER TABLE ONLY public.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id);
