//! What people do in a workspace, apart from its data and definitions: who they are, what they may do, what they did
//! and what they noted. One SQLite file beside the data.
