"""From a teacher's file to something that plays anywhere: assemble, probe, encode, publish. See README.md."""
