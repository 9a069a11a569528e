-- Every change is announced, whoever makes it, so that it takes effect at once; and the time of the change is the
-- database's, whatever the statement says of it.
CREATE FUNCTION settings_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE FUNCTION settings_announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('downlink_settings', '');
  RETURN NULL;
END
$$;
--> statement-breakpoint
CREATE TRIGGER settings_touch BEFORE INSERT OR UPDATE ON "settings" FOR EACH ROW EXECUTE FUNCTION settings_touch();
--> statement-breakpoint
CREATE TRIGGER settings_announce AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "settings" FOR EACH STATEMENT EXECUTE FUNCTION settings_announce();
