//! Mocked ports for the unit tests of the services.
