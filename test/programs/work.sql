-- SPDX-License-Identifier: MIT
-- About three seconds: builds tables, changes them and prints aggregates. No time, no chance.
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, city INTEGER, born INTEGER);
CREATE TABLE sale (id INTEGER PRIMARY KEY, person INTEGER, cents INTEGER, day INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 90000)
  INSERT INTO person SELECT i, printf('name%06x', i * 7919 % 65536), i * 31 % 211, 1930 + i * 17 % 80 FROM n;
SELECT 'persons', count(*), sum(born), min(name), max(name) FROM person;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700000)
  INSERT INTO sale SELECT i, i * 48271 % 90000 + 1, i * 16807 % 99991, i * 7 % 365 FROM n;
SELECT 'sales', count(*), sum(cents), avg(day) FROM sale;
CREATE INDEX sale_person ON sale (person);
CREATE INDEX person_name ON person (name, born);
SELECT 'city', city, count(*), sum(cents) FROM person JOIN sale ON sale.person = person.id
  GROUP BY city ORDER BY sum(cents) DESC LIMIT 12;
UPDATE sale SET cents = cents + 7 WHERE day % 3 = 0;
SELECT 'updated', changes(), (SELECT sum(cents) FROM sale);
SELECT 'rank', day, total, rank() OVER (ORDER BY total DESC) FROM
  (SELECT day, sum(cents) AS total FROM sale GROUP BY day) ORDER BY 4 LIMIT 12;
DELETE FROM sale WHERE cents % 5 = 0;
SELECT 'deleted', changes(), (SELECT count(*) FROM sale);
SELECT 'names', substr(name, 1, 6) AS start, count(DISTINCT name), group_concat(DISTINCT born % 7) FROM person
  GROUP BY start ORDER BY start;
WITH RECURSIVE walk(i, value) AS
  (SELECT 1, 1 UNION ALL SELECT i + 1, (value * 48271 + 11) % 2147483647 FROM walk WHERE i < 900000)
  SELECT 'walk', count(*), sum(value), max(value) FROM walk;
CREATE TABLE copy AS SELECT person.name, sale.* FROM sale JOIN person ON person.id = sale.person ORDER BY cents, sale.id;
SELECT 'copy', count(*), sum(rowid * cents % 1009) FROM copy;
SELECT 'end', name, cents FROM copy WHERE rowid % 20011 = 0;
