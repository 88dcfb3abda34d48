//! VTK PolyData in XML, for ParaView: `https://docs.vtk.org/en/latest/vtk_file_formats/vtkxml_file_format.html`.
//!
//! Our own writer, since the one crate for it, `vtkio`, is a pre-release; the format needs a page. Arrays are inline and
//! in base64, because raw appended data is not XML: a header of one UInt64, the number of bytes, then the numbers.

use super::{To, particles};
use base64::prelude::BASE64_STANDARD;
use base64::write::EncoderWriter;
use farfield_dynamics::State;
use std::io::{self, Write};

/// Points, in the plane with z = 0, each a vertex, with `id` and `circulation`, or the vectors `strength`; the time as ParaView's `TimeValue`.
pub(super) fn write<const D: usize>(state: &State<D>, to: To) -> io::Result<()> {
    let n = state.n();
    writeln!(
        to,
        r#"<?xml version="1.0"?>
<VTKFile type="PolyData" version="1.0" byte_order="LittleEndian" header_type="UInt64">
<PolyData>
<FieldData>
<DataArray type="Float64" Name="TimeValue" NumberOfTuples="1" format="ascii">{:?}</DataArray>
</FieldData>
<Piece NumberOfPoints="{n}" NumberOfVerts="{n}" NumberOfLines="0" NumberOfStrips="0" NumberOfPolys="0">"#,
        state.time
    )?;
    let ids = || 0..n as i64;
    if particles::carries::<D>() {
        writeln!(to, r#"<PointData Vectors="strength">"#)?;
        let vectors = particles::vectors(state).map(f64::to_le_bytes);
        array(to, "Float64", "strength", 3, vectors)?;
    } else {
        writeln!(to, r#"<PointData Scalars="circulation">"#)?;
        array(
            to,
            "Float64",
            "circulation",
            1,
            state.circulations.iter().map(|m| m.to_le_bytes()),
        )?;
    }
    array(to, "Int64", "id", 1, ids().map(i64::to_le_bytes))?;
    writeln!(to, "</PointData>\n<Points>")?;
    let coordinates = state
        .positions
        .iter()
        .flat_map(|x| [0, 1, 2].map(|a| x.get(a).copied().unwrap_or(0.0).to_le_bytes()));
    array(to, "Float64", "Points", 3, coordinates)?;
    writeln!(to, "</Points>\n<Verts>")?;
    array(to, "Int64", "connectivity", 1, ids().map(i64::to_le_bytes))?;
    array(
        to,
        "Int64",
        "offsets",
        1,
        ids().map(|i| (i + 1).to_le_bytes()),
    )?;
    writeln!(to, "</Verts>\n</Piece>\n</PolyData>\n</VTKFile>")
}

fn array(
    to: To,
    kind: &str,
    name: &str,
    components: usize,
    numbers: impl Iterator<Item = [u8; 8]> + Clone,
) -> io::Result<()> {
    write!(
        to,
        r#"<DataArray type="{kind}" Name="{name}" NumberOfComponents="{components}" format="binary">"#
    )?;
    let bytes = 8 * numbers.clone().count() as u64;
    let mut encoder = EncoderWriter::new(&mut *to, &BASE64_STANDARD);
    encoder.write_all(&bytes.to_le_bytes())?;
    for number in numbers {
        encoder.write_all(&number)?;
    }
    encoder.finish()?;
    drop(encoder);
    writeln!(to, "</DataArray>")
}
